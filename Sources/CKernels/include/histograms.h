#pragma once

#include <stddef.h>
#include <stdint.h>

/// A histogram for each of some columns. Column `c` has `bins[c]` bins between the ascending edges
/// `edges[edge_starts[c]]`, of which there is one more than bins.
struct outlier_histograms {
    size_t columns;
    const double *edges;
    const uint32_t *edge_starts;
    const uint32_t *bins;
    /// The width of the bins where edge k is exactly the first edge + k · width, but for the last; 0 where it is not.
    const double *widths;
};

/// Lowers `lowest[c]` and raises `highest[c]` to take in each column of a row-major table.
void outlier_column_ranges(const double *table, size_t rows, size_t columns, double *lowest, double *highest);

/// Counts the rows in each bin: a bin holds its lower edge and not its upper one, the last holds both.
///
/// Adds to `counts`, where column `c` has two entries more than bins and begins at `edge_starts[c] + c`: the rows below
/// the lowest edge, those in the bins, those above the highest.
void outlier_histogram_count(
    const struct outlier_histograms *histograms, const double *table, size_t rows, uint64_t *counts);

/// Adds the weight of each row to `sums`, which has the layout of the counts.
void outlier_histogram_weigh(
    const struct outlier_histograms *histograms, const double *table, size_t rows, const double *weights, double *sums);

/// The scores of rows: the sum over columns, in their order, of what `values` says of the bin.
///
/// A row is looked up in the bin that counted it; where `upper_edges` is not 0, a bin holds its upper edge and not its
/// lower one. `values` has three entries more than a column has bins, column `c` begins at `edge_starts[c] + 2 * c`: a row
/// below the lowest edge (or at it, with `upper_edges`) gets the first, the bins get the next ones, a row above the
/// highest edge the one after them, and a row further than `margin` widths of the outermost bin from either end the
/// last. `contributions`, where not null, gets what each column gave, row-major.
void outlier_histogram_score(
    const struct outlier_histograms *histograms, const double *values, double margin, int upper_edges,
    const double *table, size_t rows, double *scores, double *contributions);
