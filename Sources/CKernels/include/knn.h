#pragma once
#include <stddef.h>
#include <stdint.h>

/// How many queries the kernel of approximate distances works on at once.
#define OUTLIER_KNN_GROUP 12
/// How many points lie side by side in a panel: element `panel[column * OUTLIER_KNN_PANEL + point]`.
#define OUTLIER_KNN_PANEL 32

/// What a group of queries has found so far: for each query a max-heap of `capacity` keys and their positions.
struct outlier_knn_heaps {
    /// Group × capacity. The root comes first.
    float *keys;
    /// Group × capacity, alongside `keys`.
    int32_t *positions;
    /// For each query the key below which a point is kept: the root's, or -infinity for a query that is not there.
    float *thresholds;
    /// For each query the position of a point to leave out, or -1.
    const int32_t *excluded;
    int32_t capacity;
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
    struct outlier_knn_heaps heaps);
