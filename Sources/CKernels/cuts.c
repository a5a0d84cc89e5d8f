#include "cuts.h"

#include "bins.h"
#include "kernels.h"

#pragma clang fp contract(off)

enum { STRIP = outlier_cuts_strip };

/// Turns up to STRIP rows so that each column lies together.
static void transpose_strip(const double *table, size_t rows, size_t columns, double *scratch) {
    enum { TILE = 16 };
    for (size_t first = 0; first < rows; first += TILE) {
        size_t last = first + TILE < rows ? first + TILE : rows;
        for (size_t c = 0; c < columns; c++) {
            for (size_t row = first; row < last; row++) scratch[c * STRIP + row] = table[row * columns + c];
        }
    }
}

OUTLIER_CLONES
static void project_strip(const struct outlier_cuts *cuts, size_t cut, const double *scratch, size_t rows, double *out) {
    uint32_t j = cuts->starts[cut], end = cuts->starts[cut + 1];
    for (size_t i = 0; i < rows; i++) out[i] = 0;
    for (; j < end; j++) {
        const double *column = scratch + (size_t)cuts->features[j] * STRIP;
        double weight = cuts->weights[j];
        for (size_t i = 0; i < rows; i++) out[i] += weight * column[i];
    }
}

OUTLIER_CLONES
static void widen(const double *values, size_t count, double *lowest, double *highest) {
    double low = *lowest, high = *highest;
    for (size_t i = 0; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *lowest = low;
    *highest = high;
}

/// The number of edges below a value, the last two edges left out, plus 1.
static void find_shifted_bins(const double *values, size_t count, const double *edges, uint32_t bins, int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        uint32_t low = 0, high = bins - 1;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (edges[middle] < values[i]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        out[i] = (int32_t)low + 1;
    }
}

void outlier_cuts_ranges(
    const struct outlier_cuts *cuts, const double *table, size_t rows, double *scratch, double *lowest,
    double *highest) {
    double projected[STRIP];
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        transpose_strip(table + begin * cuts->columns, count, cuts->columns, scratch);
        for (size_t k = 0; k < cuts->count; k++) {
            project_strip(cuts, k, scratch, count, projected);
            widen(projected, count, lowest + k, highest + k);
        }
    }
}

void outlier_cut_project(const struct outlier_cuts *cuts, size_t cut, const double *table, size_t rows, double *out) {
    for (size_t row = 0; row < rows; row++) {
        double sum = 0;
        for (uint32_t j = cuts->starts[cut]; j < cuts->starts[cut + 1]; j++) {
            sum += cuts->weights[j] * table[row * cuts->columns + cuts->features[j]];
        }
        out[row] = sum;
    }
}

/// Counts rows, or adds up their weights where there are any.
static inline void add_rows(
    const struct outlier_cuts *cuts, const double *table, size_t rows, const double *weights, double *scratch,
    uint64_t *counts, double *sums) {
    double projected[STRIP];
    int32_t bins[STRIP];
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        transpose_strip(table + begin * cuts->columns, count, cuts->columns, scratch);
        for (size_t k = 0; k < cuts->count; k++) {
            project_strip(cuts, k, scratch, count, projected);
            const double *edges = cuts->edges + cuts->edge_starts[k];
            outlier_bins_by_arithmetic(projected, count, edges[0], edges[cuts->bins[k]], cuts->bins[k], bins);
            outlier_add_to_bins(
                bins, weights ? weights + begin : NULL, count, cuts->bins[k], cuts->edge_starts[k] + k, counts, sums);
        }
    }
}

void outlier_cuts_count(
    const struct outlier_cuts *cuts, const double *table, size_t rows, double *scratch, uint64_t *counts) {
    add_rows(cuts, table, rows, NULL, scratch, counts, NULL);
}

void outlier_cuts_weigh(
    const struct outlier_cuts *cuts, const double *table, size_t rows, const double *weights, double *scratch,
    double *sums) {
    add_rows(cuts, table, rows, weights, scratch, NULL, sums);
}

void outlier_cuts_score(
    const struct outlier_cuts *cuts, const double *values, int shifted, const double *table, size_t rows,
    double *scratch, double *scores, double *each) {
    double projected[STRIP];
    double sums[STRIP];
    int32_t bins[STRIP];
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        transpose_strip(table + begin * cuts->columns, count, cuts->columns, scratch);
        for (size_t i = 0; i < count; i++) sums[i] = 0;
        for (size_t k = 0; k < cuts->count; k++) {
            const double *edges = cuts->edges + cuts->edge_starts[k];
            project_strip(cuts, k, scratch, count, projected);
            if (shifted) {
                find_shifted_bins(projected, count, edges, cuts->bins[k], bins);
            } else {
                outlier_bins_by_arithmetic(projected, count, edges[0], edges[cuts->bins[k]], cuts->bins[k], bins);
            }
            const double *value = values + cuts->edge_starts[k] + k;
            for (size_t i = 0; i < count; i++) sums[i] += value[bins[i]];
            if (each) {
                for (size_t i = 0; i < count; i++) each[(begin + i) * cuts->count + k] = value[bins[i]];
            }
        }
        for (size_t i = 0; i < count; i++) scores[begin + i] = sums[i] / (double)cuts->count;
    }
}
