#pragma once
#include <stddef.h>

/// values[i] = exp(factor · values[i]), for products that are not NaN.
///
/// The relative error is below 3e-16 where the result is a normal number; results below 2.3e-308 are 0, results that
/// are too large +∞. An element's result does not depend on its place.
void outlier_exponentials(double *values, size_t count, double factor);

/// For each of `count` rows of `width` values v ≥ 0, which it may overwrite, and a factor f < 0, keeps
/// sums[row] = Σ exp(f · (v − peaks[row])) over all v but one that is peaks[row], the least v of the calls so far. So
/// Σ exp(f · v) = exp(f · peaks[row]) · (1 + sums[row]), and the small terms are not lost beside the largest. Before the
/// first call peaks are +∞ and sums 0.
///
/// A row's sum depends on its values and their order alone.
void outlier_accumulate_exponentials(double *values, size_t count, size_t width, double factor, double *peaks,
                                     double *sums);

/// values[i] = √values[i].
void outlier_square_roots(double *values, size_t count);
