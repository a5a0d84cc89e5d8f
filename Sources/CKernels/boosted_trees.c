#include "boosted_trees.h"

#include <math.h>
#include <string.h>

void outlier_gradient_histogram(
    const uint8_t *bins, const uint32_t *rows, size_t count, const double *pairs, size_t bin_count,
    double *histogram) {
    // Neighbouring rows often come to the same bin, where an addition would wait for the one before: two histograms
    // take turns.
    double other[2 * outlier_gradient_bins];
    memset(histogram, 0, 2 * bin_count * sizeof *histogram);
    memset(other, 0, 2 * bin_count * sizeof *other);
    size_t i = 0;
    for (; i + 2 <= count; i += 2) {
        double *first = histogram + 2 * bins[rows[i]];
        double *second = other + 2 * bins[rows[i + 1]];
        first[0] += pairs[2 * i];
        first[1] += pairs[2 * i + 1];
        second[0] += pairs[2 * i + 2];
        second[1] += pairs[2 * i + 3];
    }
    if (i < count) {
        double *first = histogram + 2 * bins[rows[i]];
        first[0] += pairs[2 * i];
        first[1] += pairs[2 * i + 1];
    }
    for (size_t b = 0; b < 2 * bin_count; b++) histogram[b] += other[b];
}

// A step waits for two loads and a comparison; several rows on their way at once fill the time.
#define GROUP 8

static inline uint32_t next(const struct outlier_boosted_node *node, const double *row) {
    double value = row[node->feature];
    uint32_t right = isnan(value) ? node->missing_left == 0 : value > node->threshold;
    return node->left + right;
}

void outlier_boosted_add_values(
    const struct outlier_boosted_node *nodes, uint32_t height, const double *rows, size_t count, size_t columns,
    double *sums) {
    size_t row = 0;
    for (; row + GROUP <= count; row += GROUP) {
        const double *group = rows + row * columns;
        uint32_t at[GROUP] = {0};
        for (uint32_t level = 0; level < height; level++) {
#pragma clang loop unroll(full) vectorize(disable)
            for (size_t i = 0; i < GROUP; i++) at[i] = next(nodes + at[i], group + i * columns);
        }
        for (size_t i = 0; i < GROUP; i++) sums[row + i] += nodes[at[i]].value;
    }
    for (; row < count; row++) {
        uint32_t at = 0;
        for (uint32_t level = 0; level < height; level++) at = next(nodes + at, rows + row * columns);
        sums[row] += nodes[at].value;
    }
}
