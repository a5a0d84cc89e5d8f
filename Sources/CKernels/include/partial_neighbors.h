#pragma once

#include <stddef.h>
#include <stdint.h>

/// How many points lie side by side in a tile.
#define OUTLIER_PARTIAL_TILE 32

/// What is searched for one query: the nearest points that have a value in a column.
struct outlier_partial_target {
    /// The row of the query.
    uint32_t query;
    /// The column in which a point must have a value; -1 for none.
    int32_t column;
};

/// Finds the nearest points by the distance over the columns that both have: squares of differences, added up and
/// scaled by columns ÷ common columns (Dixon 1979). Points without a common column are not found.
///
/// - queries: query_count × columns, NaN where a value is missing.
/// - tiles: the points, OUTLIER_PARTIAL_TILE side by side: tiles × columns × OUTLIER_PARTIAL_TILE, NaN where a value is
///   missing, NaN in the points that fill up the last tile.
/// - excluded: for each query the number of a point that is not to be found, or a number that is no point.
/// - targets: ascending by query.
/// - common_share: the part of a query's own columns that a point must have to be found, 0...1; it has one at least.
/// - distances, indices: target_count × neighbors, ascending; begin as infinity and -1. Of points equally far away
///   those with the lower numbers are found.
/// - scratch: columns numbers.
void outlier_partial_neighbors(
    const double *queries, size_t query_count, size_t columns, const double *tiles, size_t tile_count,
    const uint32_t *excluded, const struct outlier_partial_target *targets, size_t target_count, size_t neighbors,
    double common_share, double *distances, int32_t *indices, uint32_t *scratch);
