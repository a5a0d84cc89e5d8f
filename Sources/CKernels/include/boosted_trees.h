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

/// What gradients and hessians of a node's rows, and the rules of a tree, say of a cut.
struct outlier_cut_rules {
    double gradient;
    double hessian;
    /// What is added to a hessian before a gradient's square is divided by it.
    double regularization;
    /// The least hessian on either side.
    double minimum_weight;
    /// A cut must gain more.
    double least;
};

struct outlier_cut {
    double gain;
    /// The sums of the left side.
    double gradient;
    double hessian;
    /// The last bin that goes left.
    uint32_t bin;
    uint32_t missing_left;
};

/// The cut of one column that gains most, of equal ones the first; where none gains enough, its gain is 0.
///
/// - histogram: pairs for `cuts` + 1 bins of values and one of missing ones, `cuts` ≤ 254.
struct outlier_cut outlier_best_cut(
    const double *histogram, size_t cuts, const struct outlier_cut_rules *rules);

/// Adds to each of `count` rows' sums the value of the leaf to which it comes; a walk takes `height` steps.
void outlier_boosted_add_values(
    const struct outlier_boosted_node *nodes, uint32_t height, const double *rows, size_t count, size_t columns,
    double *sums);
