#include "moments.h"
#include "kernels.h"

#include <math.h>

OUTLIER_CLONES
void outlier_add_rows(const double *rows, size_t count, size_t width, double *restrict sums) {
    for (size_t row = 0; row < count; row++, rows += width) {
        for (size_t column = 0; column < width; column++) { sums[column] += rows[column]; }
    }
}

OUTLIER_CLONES
void outlier_add_deviations(const double *rows, size_t count, size_t width, const double *centers,
                            double *restrict sums, double *restrict squares) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < count; row++, rows += width) {
        for (size_t column = 0; column < width; column++) {
            const double deviation = rows[column] - centers[column];
            sums[column] += deviation;
            squares[column] += deviation * deviation;
        }
    }
}

OUTLIER_CLONES
void outlier_center_rows(const double *rows, size_t count, size_t width, const double *centers, const double *weights,
                         double *restrict out) {
    for (size_t row = 0; row < count; row++, rows += width, out += width) {
        const double factor = weights ? sqrt(weights[row]) : 1;
        for (size_t column = 0; column < width; column++) {
            const double value = centers ? rows[column] - centers[column] : rows[column];
            out[column] = weights ? value * factor : value;
        }
    }
}

OUTLIER_CLONES
void outlier_add_weighted_squares(const double *rows, size_t count, size_t width, const double *centers,
                                  const double *weights, size_t stride, double *restrict sums) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < count; row++, rows += width) {
        const double weight = weights[row * stride];
        for (size_t column = 0; column < width; column++) {
            const double deviation = rows[column] - centers[column];
            sums[column] += weight * (deviation * deviation);
        }
    }
}

OUTLIER_CLONES
void outlier_add_weighted_rows(const double *rows, size_t count, size_t width, const double *weights,
                               double *restrict sums) {
    for (size_t row = 0; row < count; row++, rows += width) {
        for (size_t column = 0; column < width; column++) { sums[column] += weights[row] * rows[column]; }
    }
}

OUTLIER_CLONES
void outlier_add_weighted_deviations(const double *rows, size_t count, size_t width, const double *centers,
                                     const double *weights, double *restrict sums, double *restrict squares) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < count; row++, rows += width) {
        for (size_t column = 0; column < width; column++) {
            const double deviation = rows[column] - centers[column];
            sums[column] += weights[row] * deviation;
            squares[column] += weights[row] * (deviation * deviation);
        }
    }
}
