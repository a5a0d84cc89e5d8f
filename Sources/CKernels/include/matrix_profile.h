#pragma once

#include <stddef.h>

/// How many diagonals are walked at once, and by how many entries the arrays of ``outlier_windows`` go on behind the last
/// window.
enum { outlier_profile_lanes = 32 };

/// The windows of a series, prepared for the correlations of all pairs (Zhu et al., “Matrix Profile XIV”, 2019).
struct outlier_windows {
    /// The points, as many as windows + length − 1.
    const double *values;
    /// The mean of each window.
    const double *means;
    /// For each window but the first, half the difference of its last point and the point before its first.
    const double *slopes;
    /// For each window but the first, the sum of its last point's distance to its mean and of the same of the point before.
    const double *sums;
    /// 1 / the length of the centred window; 0 for constant windows and behind the last window.
    const double *inverses;
    /// 0.5 for a constant window, 0 for others, −4 behind the last window: two constant windows correlate with 1, and a
    /// constant one with another with 0.5, so that their distance is √length.
    const double *constants;
    size_t count;
    size_t length;
};

/// Raises `left[j]` to the highest correlation of window j with an earlier window, and `right[i]` to that of window i with
/// a later one, over the bands `first`, `first + step`… of diagonals. `right` may be null. Windows at most `exclusion` apart
/// are left out. Both have room for count + outlier_profile_lanes numbers.
void outlier_profile_self(
    const struct outlier_windows *windows, size_t exclusion, size_t first, size_t step, double *left, double *right);

/// Raises `best[j]` to the highest correlation of window j of `queries` with a window of `train`, likewise.
void outlier_profile_join(
    const struct outlier_windows *queries, const struct outlier_windows *train, size_t first, size_t step, double *best);
