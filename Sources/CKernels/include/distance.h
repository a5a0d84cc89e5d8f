#pragma once
#include <stddef.h>
#include <stdint.h>

/// How differences of coordinates become a distance.
enum outlier_metric {
    /// The sum of squares; the distance is its root.
    OUTLIER_METRIC_EUCLIDEAN = 0,
    /// The sum of absolute values.
    OUTLIER_METRIC_MANHATTAN = 1,
    /// The largest absolute value.
    OUTLIER_METRIC_CHEBYSHEV = 2,
    /// The sum of powers of absolute values; the distance is its root.
    OUTLIER_METRIC_MINKOWSKI = 3,
};

/// How many points lie side by side where distances of one row to many points are computed.
#define OUTLIER_DISTANCE_TILE 64

// The functions below compute distances, those of Euclid before the root (“raw” distances), in double precision, adding up column by
// column with no fused operation: every one of them gives the same bits for the same two rows.

/// The raw distance of two rows.
double outlier_raw_distance(int metric, double power, const double *left, const double *right, size_t columns);

/// The raw distances of one row to OUTLIER_DISTANCE_TILE points: `tile[column * OUTLIER_DISTANCE_TILE + point]`.
void outlier_raw_distances(
    int metric, double power, const double *row, const double *tile, size_t columns, double *distances);

/// The raw distances of one row to four points that lie anywhere.
void outlier_raw_distances_of_four(
    int metric, double power, const double *row, const double *const points[4], size_t columns, double distances[4]);

/// A lower bound of the raw distance between a point of one box and a point of another.
double outlier_box_distance(
    int metric, double power, const double *low, const double *high, const double *other_low,
    const double *other_high, size_t columns);

/// Widens a box so that it holds `row`.
void outlier_box_extend(double *low, double *high, const double *row, size_t columns);
