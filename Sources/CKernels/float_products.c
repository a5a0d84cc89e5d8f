#include "float_products.h"
#include "kernels.h"

#include <string.h>

// Vectors of the compiler's own kind: it splits them into registers of whatever width the clone has.
typedef float Lanes __attribute__((ext_vector_type(16)));
typedef float UnalignedLanes __attribute__((ext_vector_type(16), aligned(4)));

_Static_assert(sizeof(Lanes) == OUTLIER_FLOAT_LANES * sizeof(float), "the lanes are those of a vector");

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// A tile of ROWS × VECTORS · lanes, accumulated in registers.
INLINE void tile(
    const outlier_float_product_task *task, size_t row, const float *second, size_t second_stride, size_t column,
    size_t filled, const size_t ROWS, const size_t VECTORS) {
#pragma clang fp contract(fast)
    const size_t row_stride = task->first_row_stride, depth_stride = task->first_depth_stride;
    const float *first = task->first + row * row_stride;
    Lanes sums[8][2];
    Lanes begin[2];
    UNROLL for (size_t v = 0; v < VECTORS; v++) {
        begin[v] = (Lanes)(0.0f);
        if (task->bias) {
            if (filled == VECTORS * OUTLIER_FLOAT_LANES) {
                begin[v] = *(const UnalignedLanes *)(task->bias + column + v * OUTLIER_FLOAT_LANES);
            } else {
                memcpy(&begin[v], task->bias + column, filled * sizeof(float));
            }
        }
    }
    UNROLL for (size_t r = 0; r < ROWS; r++) {
        UNROLL for (size_t v = 0; v < VECTORS; v++) { sums[r][v] = begin[v]; }
    }
    for (size_t k = 0; k < task->depth; k++) {
        Lanes weights[2];
        UNROLL for (size_t v = 0; v < VECTORS; v++) {
            weights[v] = *(const UnalignedLanes *)(second + k * second_stride + v * OUTLIER_FLOAT_LANES);
        }
        UNROLL for (size_t r = 0; r < ROWS; r++) {
            const float value = first[r * row_stride + k * depth_stride];
            UNROLL for (size_t v = 0; v < VECTORS; v++) { sums[r][v] += value * weights[v]; }
        }
    }
    float *result = task->result + row * task->result_stride + column;
    UNROLL for (size_t r = 0; r < ROWS; r++, result += task->result_stride) {
        UNROLL for (size_t v = 0; v < VECTORS; v++) {
            Lanes value = sums[r][v];
            float *place = result + v * OUTLIER_FLOAT_LANES;
            if (filled == VECTORS * OUTLIER_FLOAT_LANES) {
                if (task->accumulate) { value += *(const UnalignedLanes *)place; }
                // A comparison keeps NaN, so that a training that diverges is seen.
                if (task->rectify) { value = value < 0 ? (Lanes)(0.0f) : value; }
                *(UnalignedLanes *)place = value;
            } else {
                Lanes old = (Lanes)(0.0f);
                if (task->accumulate) { memcpy(&old, place, filled * sizeof(float)); }
                value += old;
                if (task->rectify) { value = value < 0 ? (Lanes)(0.0f) : value; }
                memcpy(place, &value, filled * sizeof(float));
            }
        }
    }
}

/// All rows of some columns.
#define STRIP(VECTORS, second, stride, column, filled)                                     \
    do {                                                                                   \
        size_t row = 0;                                                                    \
        for (; row + 8 <= task->rows; row += 8) {                                          \
            tile(task, row, second, stride, column, filled, 8, VECTORS);                   \
        }                                                                                  \
        if (row + 4 <= task->rows) {                                                       \
            tile(task, row, second, stride, column, filled, 4, VECTORS);                   \
            row += 4;                                                                      \
        }                                                                                  \
        if (row + 2 <= task->rows) {                                                       \
            tile(task, row, second, stride, column, filled, 2, VECTORS);                   \
            row += 2;                                                                      \
        }                                                                                  \
        if (row < task->rows) { tile(task, row, second, stride, column, filled, 1, VECTORS); } \
    } while (0)

OUTLIER_CLONES
void outlier_float_product(const outlier_float_product_task *task) {
    size_t column = 0;
    for (; column + 2 * OUTLIER_FLOAT_LANES <= task->width; column += 2 * OUTLIER_FLOAT_LANES) {
        STRIP(2, task->second + column, task->second_stride, column, 2 * OUTLIER_FLOAT_LANES);
    }
    if (column + OUTLIER_FLOAT_LANES <= task->width) {
        STRIP(1, task->second + column, task->second_stride, column, OUTLIER_FLOAT_LANES);
        column += OUTLIER_FLOAT_LANES;
    }
    if (column < task->width) {
        const size_t filled = task->width - column;
        for (size_t k = 0; k < task->depth; k++) {
            float *panel = task->scratch + k * OUTLIER_FLOAT_LANES;
            *(UnalignedLanes *)panel = (Lanes)(0.0f);
            memcpy(panel, task->second + k * task->second_stride + column, filled * sizeof(float));
        }
        STRIP(1, task->scratch, OUTLIER_FLOAT_LANES, column, filled);
    }
}

OUTLIER_CLONES
void outlier_transpose_floats(const float *matrix, size_t rows, size_t width, float *out) {
    const size_t side = 16;
    for (size_t first = 0; first < rows; first += side) {
        const size_t last = first + side < rows ? first + side : rows;
        for (size_t column = 0; column < width; column++) {
            for (size_t row = first; row < last; row++) { out[column * rows + row] = matrix[row * width + column]; }
        }
    }
}

OUTLIER_CLONES
void outlier_add_float_rows(const float *matrix, size_t rows, size_t width, float *sums) {
    for (size_t row = 0; row < rows; row++, matrix += width) {
        for (size_t column = 0; column < width; column++) { sums[column] += matrix[column]; }
    }
}

OUTLIER_CLONES
void outlier_add_floats(const float *source, size_t count, float *target) {
    for (size_t index = 0; index < count; index++) { target[index] += source[index]; }
}
