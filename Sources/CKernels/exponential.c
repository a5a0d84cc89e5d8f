#include "exponential.h"
#include "kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define WIDTH 8
typedef double Lanes __attribute__((vector_size(64)));
typedef double UnalignedLanes __attribute__((vector_size(64), aligned(8)));
typedef int64_t Bits __attribute__((vector_size(64)));

// exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| ≤ ln 2 / 2; the polynomial is Taylor's of degree 13, whose next term is
// below 5e-18 there. A macro, so that it is compiled for the processor of the function that it stands in.
#define EXPONENTIALS(x, result)                                                                                        \
    do {                                                                                                               \
        const Lanes argument = (x);                                                                                    \
        const Lanes magic = {0x1.8p52, 0x1.8p52, 0x1.8p52, 0x1.8p52, 0x1.8p52, 0x1.8p52, 0x1.8p52, 0x1.8p52};          \
        const Bits low = argument < -708.0, high = argument > 709.0;                                                   \
        const Lanes bounded = (Lanes)(((Bits)argument & ~low & ~high));                                                \
        const Lanes shifted = bounded * 0x1.71547652b82fep+0 + magic;                                                  \
        const Lanes number = shifted - magic;                                                                          \
        const Lanes r = (bounded - number * 0x1.62e42fee00000p-1) - number * 0x1.a39ef35793c76p-33;                    \
        Lanes p = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;                                                        \
        p = p * r + 1.0 / 39916800.0;                                                                                  \
        p = p * r + 1.0 / 3628800.0;                                                                                   \
        p = p * r + 1.0 / 362880.0;                                                                                    \
        p = p * r + 1.0 / 40320.0;                                                                                     \
        p = p * r + 1.0 / 5040.0;                                                                                      \
        p = p * r + 1.0 / 720.0;                                                                                       \
        p = p * r + 1.0 / 120.0;                                                                                       \
        p = p * r + 1.0 / 24.0;                                                                                        \
        p = p * r + 1.0 / 6.0;                                                                                         \
        p = p * r + 0.5;                                                                                               \
        p = p * (r * r) + r;                                                                                           \
        const Bits scale = (((Bits)shifted - (Bits)magic) << 52) + 0x3ff0000000000000;                                 \
        const Lanes power = (Lanes)scale;                                                                              \
        Lanes value = power + power * p;                                                                               \
        value = (Lanes)((Bits)value & ~low);                                                                           \
        const Lanes infinite = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};       \
        (result) = (Lanes)(((Bits)value & ~high) | ((Bits)infinite & high));                                           \
    } while (0)

OUTLIER_CLONES
void outlier_exponentials(double *values, size_t count, double factor) {
#pragma clang fp contract(fast)
    size_t index = 0;
    for (; index + WIDTH <= count; index += WIDTH) {
        Lanes result;
        EXPONENTIALS(*(const UnalignedLanes *)(values + index) * factor, result);
        memcpy(values + index, &result, sizeof(result));
    }
    if (index < count) {
        Lanes rest = {0}, result;
        memcpy(&rest, values + index, (count - index) * sizeof(double));
        EXPONENTIALS(rest * factor, result);
        memcpy(values + index, &result, (count - index) * sizeof(double));
    }
}

OUTLIER_CLONES
void outlier_accumulate_exponentials(double *values, size_t count, size_t width, double factor, double *peaks,
                                     double *sums) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < count; row++, values += width) {
        double least = INFINITY;
        for (size_t index = 0; index < width; index++) { least = values[index] < least ? values[index] : least; }
        if (least < peaks[row]) {
            // The term that was the largest becomes one of the sum; before the first call there is none.
            sums[row] = isinf(peaks[row]) ? 0 : (sums[row] + 1) * exp(factor * (peaks[row] - least));
            peaks[row] = least;
            size_t index = 0;
            while (values[index] != least) { index++; }
            values[index] = INFINITY;
        }
        const double peak = peaks[row];
        if (isinf(peak)) { continue; }
        Lanes total = {0}, result;
        size_t index = 0;
        for (; index + WIDTH <= width; index += WIDTH) {
            EXPONENTIALS((*(const UnalignedLanes *)(values + index) - peak) * factor, result);
            total += result;
        }
        double sum = ((total[0] + total[4]) + (total[1] + total[5])) + ((total[2] + total[6]) + (total[3] + total[7]));
        if (index < width) {
            Lanes rest = {0};
            memcpy(&rest, values + index, (width - index) * sizeof(double));
            EXPONENTIALS((rest - peak) * factor, result);
            for (size_t lane = 0; lane < width - index; lane++) { sum += result[lane]; }
        }
        sums[row] += sum;
    }
}

OUTLIER_CLONES
void outlier_square_roots(double *values, size_t count) {
    for (size_t index = 0; index < count; index++) { values[index] = sqrt(values[index]); }
}
