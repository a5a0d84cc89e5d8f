#pragma once
#include <stddef.h>
#include <stdint.h>

/// How many queries the kernel of approximate distances works on at once.
#define OUTLIER_KNN_GROUP 12
/// How many points lie side by side in a panel: element `panel[column * OUTLIER_KNN_PANEL + point]`.
#define OUTLIER_KNN_PANEL 32

/// How much longer than `wanted` the list of a query's candidates must be.
#define OUTLIER_KNN_SPARE (3 * OUTLIER_KNN_PANEL)

/// What a group of queries has found so far: for each query the `wanted` nearest points, and some more, in no order.
struct outlier_knn_candidates {
    /// Group × stride.
    float *keys;
    /// Group × stride, alongside `keys`.
    int32_t *positions;
    /// For each query how many candidates it has.
    int32_t *counts;
    /// For each query the key below which a point is kept: at first infinity, or -infinity for a query that is not there.
    /// Once there are `wanted` candidates, as many keys do not exceed it.
    float *thresholds;
    /// For each query the position of a point to leave out, or -1.
    const int32_t *excluded;
    int32_t wanted;
    /// `wanted` + OUTLIER_KNN_SPARE at least.
    int32_t stride;
};

/// Offers the points of some panels to a group of queries.
///
/// A point's key is `norm - 2 * dot(query, point)`: its squared distance less the query's squared norm, in single
/// precision. Each key is computed from its own query and point alone, in one fixed order.
///
/// - panels: `panel_count` panels of `columns` × OUTLIER_KNN_PANEL coordinates.
/// - norms: the squared norms of the points, infinity where a panel has a gap.
/// - first: the position of the first panel's first point.
/// - queries: `columns` × OUTLIER_KNN_GROUP coordinates, multiplied by -2.
void outlier_knn_scan(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_candidates candidates);

/// Leaves each query of a group the `wanted` nearest of its candidates, and the largest of their keys as its threshold.
void outlier_knn_finish(struct outlier_knn_candidates candidates);
