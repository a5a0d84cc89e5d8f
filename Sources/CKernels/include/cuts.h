#pragma once

#include <stddef.h>
#include <stdint.h>

/// Sparse projections of rows on lines ("cuts"), and an equal-width histogram of each.
///
/// Cut `k` is the sum over j in `starts[k]..<starts[k + 1]` of `weights[j]` times column `features[j]`, in this order.
/// Its histogram has `bins[k]` bins between the ascending edges `edges[edge_starts[k]]`, one more than bins.
struct outlier_cuts {
    size_t count;
    size_t columns;
    const uint32_t *starts;
    const uint32_t *features;
    const double *weights;
    const double *edges;
    const uint32_t *edge_starts;
    const uint32_t *bins;
};

/// The rows that fit in `scratch` at once: 0..<`outlier_cuts_strip`, and `scratch` must hold as many rows and columns.
enum { outlier_cuts_strip = 256 };

/// Lowers `lowest[k]` and raises `highest[k]` to take in every row's projection.
void outlier_cuts_ranges(
    const struct outlier_cuts *cuts, const double *table, size_t rows, double *scratch, double *lowest, double *highest);

/// Writes the projections of all rows on one cut.
void outlier_cut_project(
    const struct outlier_cuts *cuts, size_t cut, const double *table, size_t rows, double *out);

/// Adds to `counts`, where cut `k` has two entries more than bins and begins at `edge_starts[k] + k`: the rows below the
/// lowest edge, those in the bins, those above the highest. A bin holds its lower edge and not its upper one, up to
/// rounding; the last holds both.
void outlier_cuts_count(
    const struct outlier_cuts *cuts, const double *table, size_t rows, double *scratch, uint64_t *counts);

/// Adds the weight of each row to `sums`, which has the layout of the counts.
void outlier_cuts_weigh(
    const struct outlier_cuts *cuts, const double *table, size_t rows, const double *weights, double *scratch,
    double *sums);

/// Each row's mean over cuts of what `values` says of its bin.
///
/// `values` has the layout of the counts. With `shifted` not 0, a row's bin is the number of the edges below
/// it, without the last two edges of the cut. `each`, where not null, gets the value of each cut, row-major.
void outlier_cuts_score(
    const struct outlier_cuts *cuts, const double *values, int shifted, const double *table, size_t rows,
    double *scratch, double *scores, double *each);
