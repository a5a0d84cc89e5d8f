#pragma once
#include <stddef.h>
#include <stdint.h>

/// A row or column of the result as a weighted sum of neighbours: `first` is the first of `count`, `weights` begin at `offset`.
typedef struct {
    size_t first, count, offset;
} outlier_resizing_window;

/// Resizes height × width × 3 bytes to rows × columns × 3 numbers, which are multiplied by `scale`. `scratch` holds 3 · width.
void outlier_resize(
    const uint8_t *pixels, size_t width, const outlier_resizing_window *down, const float *down_weights, size_t rows,
    const outlier_resizing_window *across, const float *across_weights, size_t columns, float scale, float *scratch,
    float *result);
