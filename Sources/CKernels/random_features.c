#include "random_features.h"

#include "kernels.h"
#include "vectors.h"

/// x becomes cos(x): reduced by multiples of π in three parts, then the Taylor polynomial of degree 20 on |r| ≤ π/2,
/// whose remainder is 2e-17.
#define V8_COS(x)                                                                    \
    do {                                                                             \
        v8d x_ = (x);                                                                \
        v8l usable_ = (x_ <= 1e9) & (x_ >= -1e9);                                    \
        x_ = usable_ ? x_ : (v8d)(0.0);                                              \
        v8d shifted_ = x_ * 0.3183098861837907 + 6755399441055744.0;                 \
        v8d n_ = shifted_ - 6755399441055744.0;                                      \
        v8d r_ = x_ - n_ * (2 * 1.57079632673412561417e+00);                         \
        r_ = r_ - n_ * (2 * 6.07710050630396597660e-11);                             \
        r_ = r_ - n_ * (2 * 2.02226624879595063154e-21);                             \
        v8d s_ = r_ * r_;                                                            \
        v8d p_ = s_ * (1.0 / 2432902008176640000.0) - (1.0 / 6402373705728000.0);    \
        p_ = p_ * s_ + (1.0 / 20922789888000.0);                                     \
        p_ = p_ * s_ - (1.0 / 87178291200.0);                                        \
        p_ = p_ * s_ + (1.0 / 479001600.0);                                          \
        p_ = p_ * s_ - (1.0 / 3628800.0);                                            \
        p_ = p_ * s_ + (1.0 / 40320.0);                                              \
        p_ = p_ * s_ - (1.0 / 720.0);                                                \
        p_ = p_ * s_ + (1.0 / 24.0);                                                 \
        p_ = p_ * s_ - 0.5;                                                          \
        p_ = p_ * s_ + 1.0;                                                          \
        v8l sign_ = __builtin_bit_cast(v8l, shifted_) << 63;                         \
        p_ = __builtin_bit_cast(v8d, __builtin_bit_cast(v8l, p_) ^ sign_);           \
        (x) = usable_ ? p_ : (v8d)(0.0);                                             \
    } while (0)

OUTLIER_CLONES
void outlier_random_features(
    const double *rows, int64_t count, int64_t columns, const double *frequencies, const double *phases,
    double amplitude, int64_t features, double *out
) {
    _Pragma("clang fp contract(fast)")
    for (int64_t i = 0; i < count; i++) {
        const double *row = rows + i * columns;
        double *target = out + i * features;
        for (int64_t f = 0; f < features; f += OUTLIER_FEATURE_LANES) {
            v8d a0 = V8_LOAD(phases + f), a1 = V8_LOAD(phases + f + 8);
            v8d a2 = V8_LOAD(phases + f + 16), a3 = V8_LOAD(phases + f + 24);
            const double *frequency = frequencies + f;
            for (int64_t k = 0; k < columns; k++, frequency += features) {
                double value = row[k];
                a0 += value * V8_LOAD(frequency);
                a1 += value * V8_LOAD(frequency + 8);
                a2 += value * V8_LOAD(frequency + 16);
                a3 += value * V8_LOAD(frequency + 24);
            }
            V8_COS(a0);
            V8_COS(a1);
            V8_COS(a2);
            V8_COS(a3);
            V8_STORE(target + f, amplitude * a0);
            V8_STORE(target + f + 8, amplitude * a1);
            V8_STORE(target + f + 16, amplitude * a2);
            V8_STORE(target + f + 24, amplitude * a3);
        }
    }
}

#define DOT(result, weights, values)                                               \
    do {                                                                           \
        v8d a0 = (v8d)(0.0), a1 = a0, a2 = a0, a3 = a0;                            \
        for (int64_t f = 0; f < features; f += OUTLIER_FEATURE_LANES) {            \
            a0 += V8_LOAD((weights) + f) * V8_LOAD((values) + f);                  \
            a1 += V8_LOAD((weights) + f + 8) * V8_LOAD((values) + f + 8);          \
            a2 += V8_LOAD((weights) + f + 16) * V8_LOAD((values) + f + 16);        \
            a3 += V8_LOAD((weights) + f + 24) * V8_LOAD((values) + f + 24);        \
        }                                                                          \
        v8d a = (a0 + a1) + (a2 + a3);                                             \
        result = ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])); \
    } while (0)

OUTLIER_CLONES
double outlier_features_dot(const double *weights, const double *values, int64_t features) {
    _Pragma("clang fp contract(fast)")
    double result;
    DOT(result, weights, values);
    return result;
}

OUTLIER_CLONES
double outlier_sgd_one_class(
    outlier_sgd_state *state, double *weights, double *average, const double *values, const double *row_weights,
    int64_t count, int64_t features
) {
    _Pragma("clang fp contract(fast)")
    double objective = 0;
    for (int64_t i = 0; i < count; i++) {
        const double *row = values + i * features;
        double product;
        DOT(product, weights, row);
        product *= state->scale;
        double margin = product + state->intercept;
        double rate = 1 / (state->nu * (state->first_time + state->time - 1));
        double row_weight = row_weights ? row_weights[i] : 1;
        objective += (margin <= 1 ? row_weight * (1 - margin) : 0) + state->nu * (0.5 * state->square + state->intercept);
        double update = margin <= 1 ? rate * row_weight : 0;
        double shrink = 1 - rate * state->nu;
        if (shrink < 0) shrink = 0;
        state->scale *= shrink;
        state->square *= shrink * shrink;
        if (state->scale < 1e-9) {
            for (int64_t f = 0; f < features; f++) weights[f] *= state->scale;
            state->scale = 1;
        }
        if (update != 0) {
            double step = update / state->scale, norm;
            for (int64_t f = 0; f < features; f++) weights[f] += step * row[f];
            DOT(norm, row, row);
            state->square += 2 * update * shrink * product + update * update * norm;
        }
        state->intercept += update - rate * state->nu;
        if (average) {
            double share = 1 / state->time;
            for (int64_t f = 0; f < features; f++) average[f] += (weights[f] * state->scale - average[f]) * share;
            state->average_intercept += (state->intercept - state->average_intercept) * share;
        }
        state->time += 1;
    }
    return objective;
}
