#pragma once
#include <stddef.h>

/// Adds each row of `rows` (count × width) to `sums`.
void outlier_add_rows(const double *rows, size_t count, size_t width, double *sums);

/// Adds the deviations from `centers` to `sums` and their squares to `squares`.
void outlier_add_deviations(const double *rows, size_t count, size_t width, const double *centers, double *sums,
                            double *squares);

/// Adds each row times its weight to `sums`.
void outlier_add_weighted_rows(const double *rows, size_t count, size_t width, const double *weights, double *sums);

/// Adds weight · deviation from `centers` to `sums`, and weight · squared deviation to `squares`.
void outlier_add_weighted_deviations(const double *rows, size_t count, size_t width, const double *centers,
                                     const double *weights, double *sums, double *squares);

/// out = (rows − centers) · √weight of the row; `weights` may be NULL for 1, `centers` may be NULL for 0.
void outlier_center_rows(const double *rows, size_t count, size_t width, const double *centers, const double *weights,
                         double *out);

/// sums[column] += weights[row · stride] · (rows − centers)².
void outlier_add_weighted_squares(const double *rows, size_t count, size_t width, const double *centers,
                                  const double *weights, size_t stride, double *sums);
