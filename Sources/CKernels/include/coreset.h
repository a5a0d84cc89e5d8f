#pragma once
#include <stddef.h>

/// One step of the greedy k-centre choice: lowers `nearest`, the squared distance of each point of `first`..<`last` to the
/// centres so far, by a new centre, and returns the point that is farthest now, the first of equally far ones.
size_t outlier_coreset_step(
    const float *points, size_t first, size_t last, size_t width, const float *center, float *nearest);
