#include "float_products.h"
#include "kernels.h"

#include <string.h>

// Vectors of the compiler's own kind: it splits them into registers of whatever width the clone has.
typedef float Lanes __attribute__((ext_vector_type(16)));
typedef float UnalignedLanes __attribute__((ext_vector_type(16), aligned(4)));

_Static_assert(sizeof(Lanes) == OUTLIER_FLOAT_LANES * sizeof(float), "the lanes are those of a vector");

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// Copies up to 15 numbers, without a call.
INLINE void copy_few(float *target, const float *source, size_t count) {
    if (count & 8) {
        memcpy(target, source, 8 * sizeof(float));
        target += 8, source += 8;
    }
    if (count & 4) {
        memcpy(target, source, 4 * sizeof(float));
        target += 4, source += 4;
    }
    if (count & 2) {
        memcpy(target, source, 2 * sizeof(float));
        target += 2, source += 2;
    }
    if (count & 1) { *target = *source; }
}

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
                copy_few((float *)&begin[v], task->bias + column, filled);
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
                if (task->accumulate) { copy_few((float *)&old, place, filled); }
                value += old;
                if (task->rectify) { value = value < 0 ? (Lanes)(0.0f) : value; }
                copy_few(place, (const float *)&value, filled);
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
            copy_few(panel, task->second + k * task->second_stride + column, filled);
        }
        STRIP(1, task->scratch, OUTLIER_FLOAT_LANES, column, filled);
    }
}

// One step of a transposition: of each pair of rows that are `far` apart, the elements off the diagonal of every square of
// 2 · far change places (Eklundh 1972).
#define EXCHANGE(far, upper, lower)                                                    \
    UNROLL for (size_t row = 0; row < 16; row++) {                                     \
        if (row & far) { continue; }                                                   \
        const Lanes a = block[row], b = block[row + far];                              \
        block[row] = __builtin_shufflevector(a, b, upper);                             \
        block[row + far] = __builtin_shufflevector(a, b, lower);                       \
    }
#define UPPER_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define LOWER_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define UPPER_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define LOWER_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define UPPER_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define LOWER_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define UPPER_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define LOWER_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

/// 16 × 16 numbers.
INLINE void transpose_block(const float *matrix, size_t width, float *out, size_t rows) {
    Lanes block[16];
    UNROLL for (size_t row = 0; row < 16; row++) { block[row] = *(const UnalignedLanes *)(matrix + row * width); }
    EXCHANGE(8, UPPER_8, LOWER_8)
    EXCHANGE(4, UPPER_4, LOWER_4)
    EXCHANGE(2, UPPER_2, LOWER_2)
    EXCHANGE(1, UPPER_1, LOWER_1)
    UNROLL for (size_t row = 0; row < 16; row++) { *(UnalignedLanes *)(out + row * rows) = block[row]; }
}

INLINE void transpose_part(
    const float *matrix, size_t first, size_t last, size_t begin, size_t end, size_t rows, size_t width, float *out) {
    for (size_t column = begin; column < end; column++) {
        for (size_t row = first; row < last; row++) { out[column * rows + row] = matrix[row * width + column]; }
    }
}

OUTLIER_CLONES
void outlier_transpose_floats(const float *matrix, size_t rows, size_t width, float *out) {
    const size_t whole_rows = rows - rows % 16, whole_width = width - width % 16;
    for (size_t row = 0; row < whole_rows; row += 16) {
        for (size_t column = 0; column < whole_width; column += 16) {
            transpose_block(matrix + row * width + column, width, out + column * rows + row, rows);
        }
        transpose_part(matrix, row, row + 16, whole_width, width, rows, width, out);
    }
    transpose_part(matrix, whole_rows, rows, 0, width, rows, width, out);
}

/// VECTORS · lanes of the sums, in registers.
INLINE void add_columns(const float *matrix, size_t rows, size_t stride, float *sums, const size_t VECTORS) {
    Lanes parts[4];
    UNROLL for (size_t v = 0; v < VECTORS; v++) {
        parts[v] = *(const UnalignedLanes *)(sums + v * OUTLIER_FLOAT_LANES);
    }
    for (size_t row = 0; row < rows; row++, matrix += stride) {
        UNROLL for (size_t v = 0; v < VECTORS; v++) {
            parts[v] += *(const UnalignedLanes *)(matrix + v * OUTLIER_FLOAT_LANES);
        }
    }
    UNROLL for (size_t v = 0; v < VECTORS; v++) {
        *(UnalignedLanes *)(sums + v * OUTLIER_FLOAT_LANES) = parts[v];
    }
}

OUTLIER_CLONES
void outlier_add_float_rows(const float *matrix, size_t rows, size_t width, size_t stride, float *sums) {
    size_t first = 0;
    for (; first + 4 * OUTLIER_FLOAT_LANES <= width; first += 4 * OUTLIER_FLOAT_LANES) {
        add_columns(matrix + first, rows, stride, sums + first, 4);
    }
    for (; first + OUTLIER_FLOAT_LANES <= width; first += OUTLIER_FLOAT_LANES) {
        add_columns(matrix + first, rows, stride, sums + first, 1);
    }
    for (size_t row = 0; row < rows; row++, matrix += stride) {
        for (size_t column = first; column < width; column++) { sums[column] += matrix[column]; }
    }
}

void outlier_gather_float_rows(
    const float *table, const ptrdiff_t *rows, size_t count, size_t width, float *target) {
    // Rows at random are not what the processor expects next.
    const size_t ahead = 6, line = 16;
    for (size_t place = 0; place < count; place++, target += width) {
        if (place + ahead < count) {
            const float *next = table + (size_t)rows[place + ahead] * width;
            for (size_t offset = 0; offset < width; offset += line) { __builtin_prefetch(next + offset); }
        }
        memcpy(target, table + (size_t)rows[place] * width, width * sizeof(float));
    }
}
