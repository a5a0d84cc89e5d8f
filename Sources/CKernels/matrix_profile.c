#include "matrix_profile.h"

#include "kernels.h"
#include "vectors.h"

#pragma clang fp contract(fast)

enum {
    LANES = outlier_profile_lanes,
    /// After so many steps a covariance is computed anew, so that rounding errors do not add up.
    STRETCH = 8192
};

/// The covariance of two windows times their length, from its definition.
OUTLIER_CLONES
static double covariance(const double *a, double a_mean, const double *b, double b_mean, size_t length) {
    _Pragma("clang fp reassociate(on)");
    double sum = 0;
    for (size_t k = 0; k < length; k++) sum += (a[k] - a_mean) * (b[k] - b_mean);
    return sum;
}

/// The covariances of window i of `b` with the windows i + first… of `a`; 0 behind the last one.
static void begin(
    const struct outlier_windows *a, const struct outlier_windows *b, size_t i, size_t j, double *lanes) {
    for (size_t lane = 0; lane < LANES; lane++) {
        lanes[lane] = j + lane < a->count ? covariance(
                                                a->values + j + lane, a->means[j + lane], b->values + i, b->means[i], a->length)
                                          : 0;
    }
}

/// Walks LANES diagonals side by side from the pair (i, j) on for `rows` rows.
OUTLIER_CLONES
static void walk(
    const struct outlier_windows *a, const struct outlier_windows *b, size_t i, size_t j, size_t rows, const double *lanes,
    double *left, double *right) {
    v8d c0 = V8_LOAD(lanes), c1 = V8_LOAD(lanes + 8), c2 = V8_LOAD(lanes + 16), c3 = V8_LOAD(lanes + 24);
    for (size_t row = 0; row < rows; row++) {
        if (row > 0) {
            double slope = b->slopes[i + row], sum = b->sums[i + row];
            const double *slopes = a->slopes + j + row, *sums = a->sums + j + row;
            c0 += V8_LOAD(sums) * slope + V8_LOAD(slopes) * sum;
            c1 += V8_LOAD(sums + 8) * slope + V8_LOAD(slopes + 8) * sum;
            c2 += V8_LOAD(sums + 16) * slope + V8_LOAD(slopes + 16) * sum;
            c3 += V8_LOAD(sums + 24) * slope + V8_LOAD(slopes + 24) * sum;
        }
        double inverse = b->inverses[i + row], constant = b->constants[i + row];
        const double *inverses = a->inverses + j + row, *constants = a->constants + j + row;
        v8d r0 = c0 * (V8_LOAD(inverses) * inverse) + (V8_LOAD(constants) + constant);
        v8d r1 = c1 * (V8_LOAD(inverses + 8) * inverse) + (V8_LOAD(constants + 8) + constant);
        v8d r2 = c2 * (V8_LOAD(inverses + 16) * inverse) + (V8_LOAD(constants + 16) + constant);
        v8d r3 = c3 * (V8_LOAD(inverses + 24) * inverse) + (V8_LOAD(constants + 24) + constant);
        double *best = left + j + row;
        V8_STORE(best, __builtin_elementwise_max(V8_LOAD(best), r0));
        V8_STORE(best + 8, __builtin_elementwise_max(V8_LOAD(best + 8), r1));
        V8_STORE(best + 16, __builtin_elementwise_max(V8_LOAD(best + 16), r2));
        V8_STORE(best + 24, __builtin_elementwise_max(V8_LOAD(best + 24), r3));
        if (right) {
            v8d r = __builtin_elementwise_max(__builtin_elementwise_max(r0, r1), __builtin_elementwise_max(r2, r3));
            double highest = __builtin_reduce_max(r);
            if (highest > right[i + row]) right[i + row] = highest;
        }
    }
}

/// Walks a band of diagonals from the pair (i, j) on, `rows` rows long.
static void band(
    const struct outlier_windows *a, const struct outlier_windows *b, size_t i, size_t j, size_t rows, double *left,
    double *right) {
    double lanes[LANES];
    for (size_t done = 0; done < rows; done += STRETCH) {
        size_t part = rows - done < STRETCH ? rows - done : STRETCH;
        begin(a, b, i + done, j + done, lanes);
        walk(a, b, i + done, j + done, part, lanes, left, right);
    }
}

void outlier_profile_self(
    const struct outlier_windows *windows, size_t exclusion, size_t first, size_t step, double *left, double *right) {
    for (size_t diagonal = exclusion + 1 + first * LANES; diagonal < windows->count; diagonal += step * LANES) {
        band(windows, windows, 0, diagonal, windows->count - diagonal, left, right);
    }
}

void outlier_profile_join(
    const struct outlier_windows *queries, const struct outlier_windows *train, size_t first, size_t step, double *best) {
    size_t diagonals = queries->count + train->count - 1;
    for (size_t number = first * LANES; number < diagonals; number += step * LANES) {
        // Diagonal `number` pairs query j with training window j + train->count − 1 − number.
        size_t last = train->count - 1;
        size_t i = number < last ? last - number : 0;
        size_t j = number < last ? 0 : number - last;
        // The other diagonals of the band begin at earlier training windows: what they have before this row.
        for (size_t lane = 1; lane < LANES && i > 0; lane++) {
            size_t early = lane < i ? i - lane : 0;
            size_t query = early + lane - i;
            if (query >= queries->count) continue;
            double value = 0;
            for (size_t row = early; row < i && query < queries->count; row++, query++) {
                if (row == early) {
                    value = covariance(
                        queries->values + query, queries->means[query], train->values + row, train->means[row],
                        queries->length);
                } else {
                    value += queries->sums[query] * train->slopes[row] + queries->slopes[query] * train->sums[row];
                }
                double r = value * (queries->inverses[query] * train->inverses[row])
                           + (queries->constants[query] + train->constants[row]);
                if (r > best[query]) best[query] = r;
            }
        }
        size_t rows = train->count - i < queries->count - j ? train->count - i : queries->count - j;
        band(queries, train, i, j, rows, best, NULL);
    }
}
