#include "histograms.h"

#include "bins.h"
#include "kernels.h"

// Rows are handled in strips: a strip of one column is copied together, and the loops over it are vectors.
enum { STRIP = 256 };

OUTLIER_CLONES
void outlier_column_ranges(const double *table, size_t rows, size_t columns, double *lowest, double *highest) {
    for (size_t row = 0; row < rows; row++) {
        const double *values = table + row * columns;
        for (size_t c = 0; c < columns; c++) {
            lowest[c] = values[c] < lowest[c] ? values[c] : lowest[c];
            highest[c] = values[c] > highest[c] ? values[c] : highest[c];
        }
    }
}

/// Moves values that lie further from the edges than the margin to the entry of their own.
OUTLIER_CLONES
static void mark_far(
    const double *values, size_t count, const double *edges, uint32_t bins, double margin, int32_t *out) {
    double lowest = edges[0], highest = edges[bins];
    double lower_margin = (edges[1] - lowest) * margin;
    double upper_margin = (highest - edges[bins - 1]) * margin;
    for (size_t i = 0; i < count; i++) {
        int32_t far = (lowest - values[i] > lower_margin) | (values[i] - highest > upper_margin);
        out[i] = far ? (int32_t)bins + 2 : out[i];
    }
}

static inline void copy_strip(const double *table, size_t columns, size_t column, size_t count, double *out) {
    for (size_t i = 0; i < count; i++) out[i] = table[i * columns + column];
}

void outlier_histogram_count(
    const struct outlier_histograms *histograms, const double *table, size_t rows, uint64_t *counts) {
    double strip[STRIP];
    int32_t bins[STRIP];
    size_t columns = histograms->columns;
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        for (size_t c = 0; c < columns; c++) {
            copy_strip(table + begin * columns, columns, c, count, strip);
            outlier_bins_with_lower_edge(
                strip, count, histograms->edges + histograms->edge_starts[c], histograms->bins[c],
                histograms->widths[c], bins);
            outlier_count_bins(bins, count, counts + histograms->edge_starts[c] + c, histograms->bins[c]);
        }
    }
}

void outlier_histogram_score(
    const struct outlier_histograms *histograms, const double *values, double margin, const double *table, size_t rows,
    double *scores, double *contributions) {
    double strip[STRIP];
    double sums[STRIP];
    int32_t bins[STRIP];
    size_t columns = histograms->columns;
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        for (size_t i = 0; i < count; i++) sums[i] = 0;
        for (size_t c = 0; c < columns; c++) {
            const double *edges = histograms->edges + histograms->edge_starts[c];
            copy_strip(table + begin * columns, columns, c, count, strip);
            outlier_bins_with_upper_edge(
                strip, count, edges, histograms->bins[c], histograms->widths[c], bins);
            mark_far(strip, count, edges, histograms->bins[c], margin, bins);
            const double *value = values + histograms->edge_starts[c] + 2 * c;
            for (size_t i = 0; i < count; i++) sums[i] += value[bins[i]];
            if (contributions) {
                for (size_t i = 0; i < count; i++) contributions[(begin + i) * columns + c] = value[bins[i]];
            }
        }
        for (size_t i = 0; i < count; i++) scores[begin + i] = sums[i];
    }
}
