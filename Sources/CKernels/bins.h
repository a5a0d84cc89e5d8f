#pragma once

#include <stddef.h>
#include <stdint.h>

// Where values lie among the ascending edges of bins. `bins_per_unit` is not 0 where all bins are equally wide, up to
// rounding. What is written: 0 below the lowest edge, 1...bins within, bins + 1 above the highest.

/// A bin holds its lower edge and not its upper one; the last holds both.
void outlier_bins_with_lower_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double bins_per_unit, int32_t *out);

/// A bin holds its upper edge and not its lower one.
void outlier_bins_with_upper_edge(
    const double *values, size_t count, const double *edges, uint32_t bins, double bins_per_unit, int32_t *out);
