#include "losses.h"
#include "float_functions.h"
#include "kernels.h"

// A row's sum is kept in lanes, which are added up at its end: an order of its own that the compiler can vectorise.
#define LANES 16

OUTLIER_INLINE float sum_of_lanes(const float *lanes) {
    float sum = 0;
    for (size_t lane = 0; lane < LANES; lane++) { sum += lanes[lane]; }
    return sum;
}

/// Calls `body(index, lane)` for each element of each row.
#define EACH_ROW(body)                                                                 \
    for (size_t row = 0; row < rows; row++) {                                          \
        float lanes[LANES] = {0};                                                      \
        const size_t start = row * width, end = start + width;                         \
        size_t first = start;                                                          \
        for (; first + LANES <= end; first += LANES) {                                 \
            for (size_t lane = 0; lane < LANES; lane++) { body(first + lane, lane); }  \
        }                                                                              \
        for (size_t lane = 0; first + lane < end; lane++) { body(first + lane, lane); } \
        sums[row] = sum_of_lanes(lanes);                                               \
    }

OUTLIER_INLINE float element(outlier_loss loss, float parameter, float p, float t, float *derivative) {
#pragma clang fp contract(off)
    const float d = p - t;
    const float a = float_absolute(d);
    const float sign = d > 0 ? 1.0f : (d < 0 ? -1.0f : d);
    switch (loss) {
    case OUTLIER_LOSS_SQUARED: *derivative = 2 * d; return d * d;
    case OUTLIER_LOSS_ABSOLUTE: *derivative = sign; return a;
    case OUTLIER_LOSS_HUBER:
        *derivative = a <= parameter ? d : parameter * sign;
        return a <= parameter ? 0.5f * d * d : parameter * (a - 0.5f * parameter);
    case OUTLIER_LOSS_LOGISTIC:
        *derivative = float_sigmoid(p) - t;
        return float_softplus(p) - t * p;
    }
    return 0;
}

#define LOSSES(kind)                                                                            \
    do {                                                                                        \
        if (gradient && !element_losses) {                                                      \
            EACH_ROW(WITH_GRADIENT_##kind)                                                      \
        } else {                                                                                \
            EACH_ROW(GENERAL_##kind)                                                            \
        }                                                                                       \
    } while (0)
#define WITH_GRADIENT(kind, index, lane)                                                        \
    do {                                                                                        \
        float derivative;                                                                       \
        lanes[lane] += element(kind, parameter, predictions[index], targets[index], &derivative); \
        gradient[index] = derivative * scale;                                                   \
    } while (0)
#define GENERAL(kind, index, lane)                                                              \
    do {                                                                                        \
        float derivative;                                                                       \
        const float value = element(kind, parameter, predictions[index], targets[index], &derivative); \
        lanes[lane] += value;                                                                   \
        if (gradient) { gradient[index] = derivative * scale; }                                 \
        if (element_losses) { element_losses[index] = value; }                                  \
    } while (0)
#define WITH_GRADIENT_SQUARED(index, lane) WITH_GRADIENT(OUTLIER_LOSS_SQUARED, index, lane)
#define WITH_GRADIENT_ABSOLUTE(index, lane) WITH_GRADIENT(OUTLIER_LOSS_ABSOLUTE, index, lane)
#define WITH_GRADIENT_HUBER(index, lane) WITH_GRADIENT(OUTLIER_LOSS_HUBER, index, lane)
#define WITH_GRADIENT_LOGISTIC(index, lane) WITH_GRADIENT(OUTLIER_LOSS_LOGISTIC, index, lane)
#define GENERAL_SQUARED(index, lane) GENERAL(OUTLIER_LOSS_SQUARED, index, lane)
#define GENERAL_ABSOLUTE(index, lane) GENERAL(OUTLIER_LOSS_ABSOLUTE, index, lane)
#define GENERAL_HUBER(index, lane) GENERAL(OUTLIER_LOSS_HUBER, index, lane)
#define GENERAL_LOGISTIC(index, lane) GENERAL(OUTLIER_LOSS_LOGISTIC, index, lane)

OUTLIER_CLONES
void outlier_losses(
    outlier_loss loss, float parameter, const float *predictions, const float *targets, size_t rows, size_t width,
    float scale, float *sums, float *gradient, float *element_losses) {
    switch (loss) {
    case OUTLIER_LOSS_SQUARED: LOSSES(SQUARED); break;
    case OUTLIER_LOSS_ABSOLUTE: LOSSES(ABSOLUTE); break;
    case OUTLIER_LOSS_HUBER: LOSSES(HUBER); break;
    case OUTLIER_LOSS_LOGISTIC: LOSSES(LOGISTIC); break;
    }
}

#define GAUSSIAN(index, lane)                                                         \
    do {                                                                              \
        const float inverse = float_exp(-log_variances[index]);                       \
        const float d = means[index] - targets[index];                                \
        const float square = d * d * inverse;                                         \
        lanes[lane] += 0.5f * (log_variances[index] + square + 1.8378770664f);        \
        if (mean_gradient) { mean_gradient[index] = d * inverse * scale; }            \
        if (log_variance_gradient) { log_variance_gradient[index] = 0.5f * (1 - square) * scale; } \
    } while (0)

OUTLIER_CLONES
void outlier_gaussian_losses(
    const float *means, const float *log_variances, const float *targets, size_t rows, size_t width, float scale,
    float *sums, float *mean_gradient, float *log_variance_gradient) {
    EACH_ROW(GAUSSIAN)
}

#define DIVERGENCE(index, lane)                                                       \
    do {                                                                              \
        const float mean = means[index], logarithm = log_variances[index];            \
        const float growth = float_expm1(logarithm);                                  \
        lanes[lane] += 0.5f * (mean * mean + (growth - logarithm));                   \
        if (mean_gradient) { mean_gradient[index] += mean * scale; }                  \
        if (log_variance_gradient) { log_variance_gradient[index] += 0.5f * growth * scale; } \
    } while (0)

OUTLIER_CLONES
void outlier_normal_divergences(
    const float *means, const float *log_variances, size_t rows, size_t width, float scale, float *sums,
    float *mean_gradient, float *log_variance_gradient) {
    EACH_ROW(DIVERGENCE)
}
