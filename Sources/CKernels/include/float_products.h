#pragma once
#include <stddef.h>

/// How many columns the last, narrower part of a product is worked on at once; see outlier_float_product.
#define OUTLIER_FLOAT_LANES 16

/// A product of matrices in single precision. `rows`, `depth` and `width` may be anything; nothing may overlap.
typedef struct {
    size_t rows;
    size_t depth;
    size_t width;
    /// Element (row, k) of the first factor is `first[row * first_row_stride + k * first_depth_stride]`.
    const float *first;
    size_t first_row_stride;
    size_t first_depth_stride;
    /// Element (k, column) of the second factor is `second[k * second_stride + column]`.
    const float *second;
    size_t second_stride;
    /// Element (row, column) of the result is `result[row * result_stride + column]`.
    float *result;
    size_t result_stride;
    /// A number for each column with which its sums begin; NULL for 0.
    const float *bias;
    /// Not 0: the result is added to what stands there.
    int accumulate;
    /// Not 0: negative results become 0.
    int rectify;
    /// OUTLIER_FLOAT_LANES × `depth` numbers, overwritten.
    float *scratch;
} outlier_float_product_task;

/// result = first × second.
///
/// Each element adds up its `depth` products one after the other, whatever `rows` and `width` are and wherever the
/// element stands: so a row's result has the same bits in every batch.
void outlier_float_product(const outlier_float_product_task *task);

/// out (width × rows) = matrix (rows × width) transposed.
void outlier_transpose_floats(const float *matrix, size_t rows, size_t width, float *out);

/// sums[column] += each of `rows` rows, in their order; a row has `width` numbers, and the next begins `stride` further.
void outlier_add_float_rows(const float *matrix, size_t rows, size_t width, size_t stride, float *sums);

/// Copies `count` rows of a table, those with the numbers `rows`, one after the other.
void outlier_gather_float_rows(
    const float *table, const ptrdiff_t *rows, size_t count, size_t width, float *target);
