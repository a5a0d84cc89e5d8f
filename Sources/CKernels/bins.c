#include "bins.h"

#include "kernels.h"

#pragma clang fp contract(off)

/// The bin that a value lies in by arithmetic, which rounding may put beside the right one.
static inline int32_t guess(double value, double first, double bins_per_unit, double last_bin) {
    double position = (value - first) * bins_per_unit;
    position = position > 0 ? position : 0;
    position = position < last_bin ? position : last_bin;
    return (int32_t)position;
}

OUTLIER_CLONES
void outlier_bins_with_lower_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double bins_per_unit, int32_t *out) {
    double lowest = edges[0], highest = edges[bins];
    int32_t last = (int32_t)bins - 1;
    if (bins_per_unit > 0) {
        for (size_t i = 0; i < count; i++) {
            int32_t bin = guess(values[i], lowest, bins_per_unit, last);
            int32_t lower = values[i] < edges[bin];
            int32_t higher = (values[i] >= edges[bin + 1]) & (bin < last);
            int32_t above = values[i] > highest;
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
    const double *values, size_t count, const double *edges, uint32_t bins, double bins_per_unit, int32_t *out) {
    if (bins_per_unit > 0) {
        double lowest = edges[0];
        int32_t last = (int32_t)bins - 1;
        for (size_t i = 0; i < count; i++) {
            int32_t bin = guess(values[i], lowest, bins_per_unit, last);
            int32_t lower = values[i] <= edges[bin];
            int32_t higher = values[i] > edges[bin + 1];
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
