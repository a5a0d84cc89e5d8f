#include "isolating_spheres.h"

#include "kernels.h"

// Fused multiply-adds round otherwise than a product and a sum: without them every processor gives the same bits.
#pragma clang fp contract(off)

typedef double Lanes __attribute__((vector_size(OUTLIER_SPHERE_LANES * sizeof(double))));
typedef double UnalignedLanes __attribute__((vector_size(OUTLIER_SPHERE_LANES * sizeof(double)), aligned(8)));
typedef int64_t Mask __attribute__((vector_size(OUTLIER_SPHERE_LANES * sizeof(int64_t))));
typedef _Bool Bits __attribute__((ext_vector_type(OUTLIER_SPHERE_LANES)));

static inline __attribute__((always_inline)) unsigned covering(
    const double *centers, const double *squared_radii, const double *row, size_t width, double scale) {
    Lanes distance = {0};
    for (size_t column = 0; column < width; column++) {
        Lanes difference = row[column] * scale - *(const UnalignedLanes *)(centers + column * OUTLIER_SPHERE_LANES);
        distance += difference * difference;
    }
    Mask held = distance <= *(const UnalignedLanes *)squared_radii;
    Bits bits = __builtin_convertvector(held, Bits);
    uint8_t word;
    __builtin_memcpy(&word, &bits, sizeof word);
    return word;
}

OUTLIER_CLONES
void outlier_spheres_add_scores(
    outlier_sphere_set set, const double *rows, size_t count, size_t width, double scale, double *sums) {
    for (size_t row = 0; row < count; row++) {
        double score = 1;
        for (size_t panel = 0; panel < set.panels; panel++) {
            size_t first = panel * OUTLIER_SPHERE_LANES;
            unsigned held =
                covering(set.centers + first * width, set.squared_radii + first, rows + row * width, width, scale);
            if (held) {
                score = set.scores[first + (size_t)__builtin_ctz(held)];
                break;
            }
        }
        sums[row] += score;
    }
}
