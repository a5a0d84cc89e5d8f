#include "isolation_forest.h"

// A step waits for two loads and a comparison; several rows on their way at once fill the time.
#define GROUP 8

static inline uint32_t next(const outlier_isolation_node *node, const double *row) {
    return node->left + (row[node->feature] > node->threshold);
}

void outlier_isolation_add_paths(
    const outlier_isolation_node *nodes, const double *paths, uint32_t depth, const double *rows, size_t count,
    size_t width, double *sums) {
    size_t row = 0;
    for (; row + GROUP <= count; row += GROUP) {
        const double *group = rows + row * width;
        uint32_t at[GROUP] = {0};
        for (uint32_t level = 0; level < depth; level++) {
#pragma clang loop unroll(full) vectorize(disable)
            for (size_t i = 0; i < GROUP; i++) at[i] = next(nodes + at[i], group + i * width);
        }
        for (size_t i = 0; i < GROUP; i++) sums[row + i] += paths[at[i]];
    }
    for (; row < count; row++) sums[row] += paths[outlier_isolation_leaf(nodes, rows + row * width)];
}

uint32_t outlier_isolation_leaf(const outlier_isolation_node *nodes, const double *row) {
    uint32_t at = 0;
    for (;;) {
        uint32_t step = next(nodes + at, row);
        if (step == at) return at;
        at = step;
    }
}
