#include "extended_isolation_forest.h"

#include "kernels.h"

// Fused multiply-adds round otherwise than a product and a sum: without them every processor gives the same bits.
#pragma clang fp contract(off)

#define LANES 4
#define GROUP 4

typedef double Lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef double UnalignedLanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));
typedef float UnalignedFloats __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));

static inline __attribute__((always_inline)) double dense_product(
    const double *row, const float *coefficients, size_t terms) {
    Lanes sum = {0};
    size_t term = 0;
    for (; term + LANES <= terms; term += LANES) {
        Lanes factors = __builtin_convertvector(*(const UnalignedFloats *)(coefficients + term), Lanes);
        Lanes values = *(const UnalignedLanes *)(row + term);
        sum += values * factors;
    }
    double product = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    for (; term < terms; term++) product += row[term] * (double)coefficients[term];
    return product;
}

static inline __attribute__((always_inline)) double sparse_product(
    const double *row, const float *coefficients, const int32_t *columns, size_t terms) {
    double product = 0;
    for (size_t term = 0; term < terms; term++) product += row[columns[term]] * (double)coefficients[term];
    return product;
}

static inline __attribute__((always_inline)) double product(
    const double *row, const float *coefficients, const int32_t *columns, size_t terms) {
    return columns ? sparse_product(row, coefficients, columns, terms) : dense_product(row, coefficients, terms);
}

double outlier_extended_product(const double *row, const float *coefficients, const int32_t *columns, size_t terms) {
    return product(row, coefficients, columns, terms);
}

static inline __attribute__((always_inline)) uint32_t next(
    const outlier_extended_node *nodes, uint32_t at, const float *coefficients, const int32_t *columns, size_t terms,
    const double *row) {
    const outlier_extended_node *node = nodes + at;
    size_t first = (size_t)node->normal * terms;
    double value = product(row, coefficients + first, columns ? columns + first : columns, terms);
    return node->left + (value > node->offset);
}

OUTLIER_CLONES
void outlier_extended_add_paths(
    const outlier_extended_node *nodes, const double *paths, uint32_t depth, const float *coefficients,
    const int32_t *columns, size_t terms, const double *rows, size_t count, size_t width, double *sums) {
    size_t row = 0;
    for (; row + GROUP <= count; row += GROUP) {
        const double *group = rows + row * width;
        uint32_t at[GROUP] = {0};
        for (uint32_t level = 0; level < depth; level++) {
            uint32_t moved = 0;
            for (size_t i = 0; i < GROUP; i++) {
                uint32_t step = next(nodes, at[i], coefficients, columns, terms, group + i * width);
                moved |= step ^ at[i];
                at[i] = step;
            }
            if (!moved) break;
        }
        for (size_t i = 0; i < GROUP; i++) sums[row + i] += paths[at[i]];
    }
    for (; row < count; row++) {
        uint32_t at = 0;
        for (uint32_t level = 0; level < depth; level++) {
            uint32_t step = next(nodes, at, coefficients, columns, terms, rows + row * width);
            if (step == at) break;
            at = step;
        }
        sums[row] += paths[at];
    }
}
