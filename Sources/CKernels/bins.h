#pragma once

#include <stddef.h>
#include <stdint.h>

// Where values lie among the ascending edges of bins. What is written: 0 below the lowest edge, 1...bins within,
// bins + 1 above the highest.
//
// Where `width` is not 0, edge k is exactly `edges[0] + k * width`, rounded twice, but for the last, and bins are wide
// enough that arithmetic finds a value's bin or its neighbour: no edge is then looked up. Where it is 0, edges are
// searched.

/// A bin holds its lower edge and not its upper one; the last holds both.
void outlier_bins_with_lower_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double width, int32_t *out);

/// A bin holds its upper edge and not its lower one.
void outlier_bins_with_upper_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double width, int32_t *out);

/// Bins of one width between two edges, found by arithmetic alone: a value within rounding of an inner edge may be put on
/// either side of it, always the same one.
void outlier_bins_by_arithmetic(
    const double *values, size_t count, double lowest, double highest, uint32_t bins, int32_t *out);

/// Adds the number of times that each of 0...bins + 1 stands among `found` to `counts`.
void outlier_count_bins(const int32_t *found, size_t count, uint64_t *counts, uint32_t bins);

/// Adds the weight of each value to the sum of its bin.
void outlier_weigh_bins(const int32_t *found, const double *weights, size_t count, double *sums);

/// Counts values in their bins, or adds up their weights where there are any, in a table that begins at `start`.
static inline void outlier_add_to_bins(
    const int32_t *found, const double *weights, size_t count, uint32_t bins, size_t start, uint64_t *counts,
    double *sums) {
    if (weights) {
        outlier_weigh_bins(found, weights, count, sums + start);
    } else {
        outlier_count_bins(found, count, counts + start, bins);
    }
}
