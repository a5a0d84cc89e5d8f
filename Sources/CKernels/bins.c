#include "bins.h"

#include "kernels.h"

// Edges are computed here as they were where they were made: a product, rounded, then a sum, rounded.
#pragma clang fp contract(off)

/// The bin that a value lies in by arithmetic, which rounding may put beside the right one.
static inline int32_t guess(double value, double lowest, double bins_per_unit, double last_bin) {
    double position = (value - lowest) * bins_per_unit;
    position = position > 0 ? position : 0;
    position = position < last_bin ? position : last_bin;
    return (int32_t)position;
}

OUTLIER_CLONES
void outlier_bins_with_lower_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double width, int32_t *out) {
    double lowest = edges[0], highest = edges[bins];
    int32_t last = (int32_t)bins - 1;
    if (width > 0) {
        double bins_per_unit = 1 / width;
        for (size_t i = 0; i < count; i++) {
            double value = values[i];
            int32_t bin = guess(value, lowest, bins_per_unit, last);
            double lower_edge = (double)bin * width + lowest;
            double upper_edge = (double)(bin + 1) * width + lowest;
            int32_t lower = value < lower_edge;
            int32_t higher = (value >= upper_edge) & (bin < last);
            int32_t above = value > highest;
            out[i] = bin + 1 - lower + higher + above;
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t low = 0, high = bins + 1;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (edges[middle] <= values[i]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        out[i] = values[i] == highest ? (int32_t)bins : (int32_t)low;
    }
}

OUTLIER_CLONES
void outlier_bins_with_upper_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double width, int32_t *out) {
    if (width > 0) {
        double lowest = edges[0], highest = edges[bins];
        double bins_per_unit = 1 / width;
        int32_t last = (int32_t)bins - 1;
        for (size_t i = 0; i < count; i++) {
            double value = values[i];
            int32_t bin = guess(value, lowest, bins_per_unit, last);
            double lower_edge = (double)bin * width + lowest;
            double upper_edge = (double)(bin + 1) * width + lowest;
            upper_edge = bin < last ? upper_edge : highest;
            int32_t lower = value <= lower_edge;
            int32_t higher = value > upper_edge;
            out[i] = bin + 1 - lower + higher;
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t low = 0, high = bins + 1;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (edges[middle] < values[i]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        out[i] = (int32_t)low;
    }
}

OUTLIER_CLONES
void outlier_bins_by_arithmetic(
    const double *values, size_t count, double lowest, double highest, uint32_t bins, int32_t *out) {
    double bins_per_unit = bins / (highest - lowest);
    double last_bin = (double)bins - 1;
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        int32_t bin = guess(value, lowest, bins_per_unit, last_bin);
        out[i] = bin + 1 - (value < lowest ? bin + 1 : 0) + (value > highest);
    }
}

void outlier_count_bins(const int32_t *found, size_t count, uint64_t *counts, uint32_t bins) {
    enum { TABLES = 4, ENTRIES = 32 };
    if (bins + 2 > ENTRIES) {
        for (size_t i = 0; i < count; i++) counts[found[i]]++;
        return;
    }
    // One value after the other often falls in one bin; four tables keep an addition from waiting for the last.
    uint32_t tables[TABLES][ENTRIES] = {{0}};
    size_t i = 0;
    for (; i + TABLES <= count; i += TABLES) {
        tables[0][found[i]]++;
        tables[1][found[i + 1]]++;
        tables[2][found[i + 2]]++;
        tables[3][found[i + 3]]++;
    }
    for (; i < count; i++) tables[0][found[i]]++;
    for (uint32_t bin = 0; bin < bins + 2; bin++) {
        counts[bin] += (uint64_t)tables[0][bin] + tables[1][bin] + tables[2][bin] + tables[3][bin];
    }
}

void outlier_weigh_bins(const int32_t *found, const double *weights, size_t count, double *sums) {
    for (size_t i = 0; i < count; i++) sums[found[i]] += weights[i];
}
