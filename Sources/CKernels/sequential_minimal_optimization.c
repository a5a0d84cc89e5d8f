#include "sequential_minimal_optimization.h"

#include <math.h>

#include "kernels.h"
#include "vectors.h"

OUTLIER_CLONES
void outlier_smo_update(
    double *gradient, const float *grown, const float *shrunk, double step, const uint8_t *status, int64_t count,
    outlier_smo_extremes *extremes
) {
    v8d least = (v8d)(INFINITY), largest = (v8d)(-INFINITY);
    v8l least_index = (v8l)(-1);
    v8l position = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int64_t i = 0; i < count; i += 8) {
        v8d g = V8_LOAD(gradient + i);
        if (grown) {
            v8f difference = V8F_LOAD(grown + i) - V8F_LOAD(shrunk + i);
            g += step * __builtin_convertvector(difference, v8d);
            V8_STORE(gradient + i, g);
        }
        v8l flags = __builtin_convertvector(*(const v8u_any *)(status + i), v8l);
        v8l less = ((flags & OUTLIER_SMO_CAN_GROW) != 0) & (g < least);
        least = less ? g : least;
        least_index = less ? position : least_index;
        v8l more = ((flags & OUTLIER_SMO_CAN_SHRINK) != 0) & (g > largest);
        largest = more ? g : largest;
        position += 8;
    }
    extremes->least = INFINITY;
    extremes->largest = -INFINITY;
    extremes->least_index = -1;
    for (int lane = 0; lane < 8; lane++) {
        if (largest[lane] > extremes->largest) extremes->largest = largest[lane];
        if (least_index[lane] < 0) continue;
        if (least[lane] < extremes->least
            || (least[lane] == extremes->least && least_index[lane] < extremes->least_index)) {
            extremes->least = least[lane];
            extremes->least_index = least_index[lane];
        }
    }
}

OUTLIER_CLONES
void outlier_smo_select(
    const double *gradient, const float *row, const float *diagonal, const uint8_t *status, int64_t count, double least,
    float own_diagonal, outlier_smo_partner *partner
) {
    v8f best = (v8f)(-1.0f);
    v8i best_index = (v8i)(-1);
    v8i position = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int64_t i = 0; i < count; i += 8) {
        v8f violation = __builtin_convertvector(V8_LOAD(gradient + i) - least, v8f);
        v8f curvature = own_diagonal + V8F_LOAD(diagonal + i) - 2.0f * V8F_LOAD(row + i);
        curvature = curvature > 1e-12f ? curvature : (v8f)(1e-12f);
        v8f gain = violation * violation / curvature;
        v8i flags = __builtin_convertvector(*(const v8u_any *)(status + i), v8i);
        v8i better = ((flags & OUTLIER_SMO_CAN_SHRINK) != 0) & (violation > 0.0f) & (gain > best);
        best = better ? gain : best;
        best_index = better ? position : best_index;
        position += 8;
    }
    partner->gain = -1;
    partner->index = -1;
    for (int lane = 0; lane < 8; lane++) {
        if (best_index[lane] < 0) continue;
        if (best[lane] > partner->gain || (best[lane] == partner->gain && best_index[lane] < partner->index)) {
            partner->gain = best[lane];
            partner->index = best_index[lane];
        }
    }
}

void outlier_smo_compact(const float *row, const int32_t *kept, int64_t count, float *target) {
    for (int64_t i = 0; i < count; i++) target[i] = row[kept[i]];
}
