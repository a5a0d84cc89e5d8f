#include "histograms.h"

#include "bins.h"
#include "kernels.h"
#include "vectors.h"

#if defined(__x86_64__) && defined(__linux__)
#define HAS_X86_KERNELS 1
#include <immintrin.h>
#endif

// Rows are handled in strips: a strip of some columns is turned so that each column lies together, and the loops over it
// are vectors.
enum { STRIP = 128, TURNED = 8 };

OUTLIER_CLONES
void outlier_column_ranges(const double *table, size_t rows, size_t columns, double *restrict lowest,
    double *restrict highest) {
    size_t row = 0;
    // Eight rows at once, so that the extremes so far are loaded and stored the less often.
    for (; row + 8 <= rows; row += 8) {
        const double *values = table + row * columns;
        for (size_t c = 0; c < columns; c++) {
            double low = lowest[c], high = highest[c];
#pragma clang loop unroll(full)
            for (size_t r = 0; r < 8; r++) {
                double value = values[r * columns + c];
                low = value < low ? value : low;
                high = value > high ? value : high;
            }
            lowest[c] = low;
            highest[c] = high;
        }
    }
    for (; row < rows; row++) {
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

/// out[c][i] = table[i][c] for `width` ≤ TURNED columns of `count` ≤ STRIP rows.
OUTLIER_CLONES
static void turn_strip(const double *table, size_t columns, size_t width, size_t count, double *out) {
    size_t i = 0;
    if (width == TURNED) {
        for (; i + 8 <= count; i += 8) {
            const double *row = table + i * columns;
            v8d a[8], b[8];
            for (int k = 0; k < 8; k++) a[k] = V8_LOAD(row + (size_t)k * columns);
            for (int k = 0; k < 8; k += 2) {
                b[k] = __builtin_shufflevector(a[k], a[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
                b[k + 1] = __builtin_shufflevector(a[k], a[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
            }
            for (int k = 0; k < 8; k += 4) {
                for (int j = k; j < k + 2; j++) {
                    a[j] = __builtin_shufflevector(b[j], b[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
                    a[j + 2] = __builtin_shufflevector(b[j], b[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
                }
            }
            for (int j = 0; j < 4; j++) {
                V8_STORE(out + j * STRIP + i, __builtin_shufflevector(a[j], a[j + 4], 0, 1, 2, 3, 8, 9, 10, 11));
                V8_STORE(
                    out + (j + 4) * STRIP + i, __builtin_shufflevector(a[j], a[j + 4], 4, 5, 6, 7, 12, 13, 14, 15));
            }
        }
    }
    for (; i < count; i++) {
        for (size_t c = 0; c < width; c++) out[c * STRIP + i] = table[i * columns + c];
    }
}

static void add_values_portable(const double *values, const int32_t *bins, size_t count, double *sums) {
    for (size_t i = 0; i < count; i++) sums[i] += values[bins[i]];
}

#if HAS_X86_KERNELS
/// Up to 16 values fit into two registers, where they are found without a load.
__attribute__((target("avx512f"))) static void add_few_values(
    const double *values, uint32_t entries, const int32_t *bins, size_t count, double *sums) {
    double padded[16] = {0};
    for (uint32_t entry = 0; entry < entries; entry++) padded[entry] = values[entry];
    __m512d low = _mm512_loadu_pd(padded), high = _mm512_loadu_pd(padded + 8);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m512i at = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(bins + i)));
        _mm512_storeu_pd(
            sums + i, _mm512_add_pd(_mm512_loadu_pd(sums + i), _mm512_permutex2var_pd(low, at, high)));
    }
    add_values_portable(values, bins + i, count - i, sums + i);
}
#endif

/// sums[i] += values[bins[i]], of `entries` values.
static void add_values(const double *values, uint32_t entries, const int32_t *bins, size_t count, double *sums) {
#if HAS_X86_KERNELS
    if (entries <= 16 && __builtin_cpu_supports("avx512f")) {
        add_few_values(values, entries, bins, count, sums);
        return;
    }
#endif
    add_values_portable(values, bins, count, sums);
}

/// Counts rows, or adds up their weights where there are any.
static inline void add_rows(
    const struct outlier_histograms *histograms, const double *table, size_t rows, const double *weights,
    uint64_t *counts, double *sums) {
    double strips[TURNED * STRIP];
    int32_t bins[STRIP];
    size_t columns = histograms->columns;
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        for (size_t first = 0; first < columns; first += TURNED) {
            size_t width = columns - first < TURNED ? columns - first : TURNED;
            turn_strip(table + begin * columns + first, columns, width, count, strips);
            for (size_t c = first; c < first + width; c++) {
                outlier_bins_with_lower_edge(
                    strips + (c - first) * STRIP, count, histograms->edges + histograms->edge_starts[c],
                    histograms->bins[c], histograms->widths[c], bins);
                outlier_add_to_bins(
                    bins, weights ? weights + begin : NULL, count, histograms->bins[c], histograms->edge_starts[c] + c,
                    counts, sums);
            }
        }
    }
}

void outlier_histogram_count(
    const struct outlier_histograms *histograms, const double *table, size_t rows, uint64_t *counts) {
    add_rows(histograms, table, rows, NULL, counts, NULL);
}

void outlier_histogram_weigh(
    const struct outlier_histograms *histograms, const double *table, size_t rows, const double *weights, double *sums) {
    add_rows(histograms, table, rows, weights, NULL, sums);
}

void outlier_histogram_score(
    const struct outlier_histograms *histograms, const double *values, double margin, int upper_edges,
    const double *table, size_t rows, double *scores, double *contributions) {
    double strips[TURNED * STRIP];
    double sums[STRIP];
    int32_t bins[STRIP];
    size_t columns = histograms->columns;
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        for (size_t i = 0; i < count; i++) sums[i] = 0;
        for (size_t first = 0; first < columns; first += TURNED) {
            size_t width = columns - first < TURNED ? columns - first : TURNED;
            turn_strip(table + begin * columns + first, columns, width, count, strips);
            for (size_t c = first; c < first + width; c++) {
                const double *strip = strips + (c - first) * STRIP;
                const double *edges = histograms->edges + histograms->edge_starts[c];
                if (upper_edges) {
                    outlier_bins_with_upper_edge(strip, count, edges, histograms->bins[c], histograms->widths[c], bins);
                } else {
                    outlier_bins_with_lower_edge(strip, count, edges, histograms->bins[c], histograms->widths[c], bins);
                }
                mark_far(strip, count, edges, histograms->bins[c], margin, bins);
                const double *value = values + histograms->edge_starts[c] + 2 * c;
                add_values(value, histograms->bins[c] + 3, bins, count, sums);
                if (contributions) {
                    for (size_t i = 0; i < count; i++) contributions[(begin + i) * columns + c] = value[bins[i]];
                }
            }
        }
        for (size_t i = 0; i < count; i++) scores[begin + i] = sums[i];
    }
}
