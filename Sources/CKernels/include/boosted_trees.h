#pragma once

#include <stddef.h>
#include <stdint.h>

/// As many bins as a column of gradients has at most: 255 of values, and the last for missing ones.
enum { outlier_gradient_bins = 256 };

/// A node of a boosted tree. A row goes to `left` where its value of `feature` is at most `threshold` (or is missing
/// and `missing_left` is not 0), and to `left + 1` where it is not. A leaf leads to itself: its threshold is infinite.
struct outlier_boosted_node {
    double threshold;
    double value;
    uint32_t feature;
    uint32_t left;
    uint32_t missing_left;
};

/// Sums the pairs (gradient, hessian) of a node's rows for each bin of one column.
///
/// - bins: the column, a bin below `bin_count` for each row of the table.
/// - rows: `count` row numbers; `pairs`: 2 × `count` numbers, in the order of `rows`.
/// - histogram: 2 × `bin_count` numbers, overwritten.
void outlier_gradient_histogram(
    const uint8_t *bins, const uint32_t *rows, size_t count, const double *pairs, size_t bin_count,
    double *histogram);

/// Adds to each of `count` rows' sums the value of the leaf to which it comes; a walk takes `height` steps.
void outlier_boosted_add_values(
    const struct outlier_boosted_node *nodes, uint32_t height, const double *rows, size_t count, size_t columns,
    double *sums);
