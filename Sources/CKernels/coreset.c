#include "coreset.h"
#include "kernels.h"

OUTLIER_CLONES
size_t outlier_coreset_step(
    const float *points, size_t first, size_t last, size_t width, const float *center, float *nearest) {
#pragma clang fp reassociate(on) contract(fast)
    size_t farthest = first;
    for (size_t point = first; point < last; point++) {
        const float *row = points + point * width;
        float sum = 0;
        for (size_t column = 0; column < width; column++) {
            const float difference = row[column] - center[column];
            sum += difference * difference;
        }
        if (sum < nearest[point]) { nearest[point] = sum; }
        if (nearest[point] > nearest[farthest]) { farthest = point; }
    }
    return farthest;
}
