#pragma once
#include <stddef.h>

/// How many centres are compared with a row at once.
#define OUTLIER_CENTER_LANES 8

/// The squared distances of `count` rows to OUTLIER_CENTER_LANES centres, in double precision.
///
/// - centers: `columns` × OUTLIER_CENTER_LANES: the centres side by side.
/// - distances: `count` × OUTLIER_CENTER_LANES. A row's depend on the row and the centres alone, to the bit.
void outlier_center_distances(
    const double *rows, size_t count, size_t columns, const double *centers, double *distances);

/// Adds `row` to `sum`.
void outlier_add_row(double *sum, const double *row, size_t columns);
