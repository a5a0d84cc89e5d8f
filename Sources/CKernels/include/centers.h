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

/// How far the centres have moved since labels were given, and how far they are from each other; not squared.
struct outlier_center_moves {
    /// How far each centre has moved.
    const double *moves;
    /// For each centre half its distance to the nearest other one.
    const double *margins;
    /// The longest of `moves`, the longest of those of the other centres, and whose the longest is.
    double longest;
    double second_longest;
    int32_t farthest;
};

/// Gives each of `count` rows its nearest centre anew, and computes distances only where the bounds leave in doubt which it
/// is (G. Hamerly: Making k-means even faster, 2010).
///
/// - upper: for each row at least its distance to its centre; infinity where none is known.
/// - lower: for each row at most its distance to any other centre.
/// - labels: on return as `outlier_nearest_centers` gives them.
void outlier_reassign_rows(
    const double *rows, size_t count, size_t columns, const double *tiles, size_t centers,
    const struct outlier_center_moves *moves, int32_t *labels, double *upper, double *lower);

/// Adds each of `count` rows to the sum of its label: `sums` is labels × `columns`.
void outlier_add_labelled_rows(
    double *sums, const double *rows, size_t count, size_t columns, const int32_t *labels);
