#pragma once
#include <stddef.h>
#include <stdint.h>

/// How many centres are compared with a row at once.
#define OUTLIER_CENTER_LANES 8

/// The squared distances of `count` rows to OUTLIER_CENTER_LANES centres, in double precision.
///
/// - centers: `columns` × OUTLIER_CENTER_LANES: the centres side by side.
/// - distances: `count` × OUTLIER_CENTER_LANES. A row's depend on the row and the centres alone, to the bit.
void outlier_center_distances(
    const double *rows, size_t count, size_t columns, const double *centers, double *distances);

/// The nearest centre of each of `count` rows, the first of those that are equally near, and its squared distance as
/// `outlier_center_distances` gives it.
///
/// - tiles: the `centers` centres, at least one, in tiles of `columns` × OUTLIER_CENTER_LANES; what fills up the last does not count.
void outlier_nearest_centers(
    const double *rows, size_t count, size_t columns, const double *tiles, size_t centers, int32_t *labels,
    double *squares);

/// Adds each of `count` rows to the sum of its label: `sums` is labels × `columns`.
void outlier_add_labelled_rows(
    double *sums, const double *rows, size_t count, size_t columns, const int32_t *labels);
