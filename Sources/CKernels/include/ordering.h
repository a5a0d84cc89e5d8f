#pragma once

#include <stddef.h>
#include <stdint.h>

/// Sorts `count` finite numbers, at most UINT32_MAX of them, and says where each came from.
///
/// `sorted` gets the numbers in ascending order; the low 32 bits of `origins[i]` are the position that `sorted[i]` had
/// in `values`, the high 32 bits mean nothing. Equal numbers come in no promised order. `spare` is as long as
/// `origins` and is overwritten.
void outlier_sort_with_origins(
    const double *values, size_t count, double *sorted, uint64_t *origins, uint64_t *spare);

/// Where `value` stands among ascending numbers: how many are below it, and how many are not above it.
void outlier_rank(const double *sorted, size_t count, double value, size_t *below, size_t *not_above);

/// Copies one column of a row-major table.
void outlier_copy_column(const double *table, size_t rows, size_t columns, size_t column, double *out);
