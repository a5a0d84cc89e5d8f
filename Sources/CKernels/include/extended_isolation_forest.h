#pragma once
#include <stddef.h>
#include <stdint.h>

/// A node of an extended isolation tree. Nodes lie level by level, and the two children of a node side by side.
///
/// A row goes left where its product with the node's normal is not above the offset. A leaf names itself as its left
/// child and has the offset +∞.
typedef struct {
    double offset;
    /// The left child's place in the tree; the right child is the next.
    uint32_t left;
    /// Which normal of the tree is the node's.
    uint32_t normal;
} outlier_extended_node;

/// The product of a row with a normal that has `terms` coefficients.
///
/// `columns` says which columns they belong to; null where they are the first `terms`. The sum has an order of its
/// own that is the same on every processor.
double outlier_extended_product(const double *row, const float *coefficients, const int32_t *columns, size_t terms);

/// Adds to `sums[r]` the path length of row r: `paths[leaf]` of the leaf in which it ends.
///
/// `rows` are `count` × `width`, row-major; normal k has its `terms` coefficients at `coefficients[k * terms]` and their
/// columns, unless `columns` is null, at `columns[k * terms]`. The tree is `depth` levels deep below its root.
void outlier_extended_add_paths(
    const outlier_extended_node *nodes, const double *paths, uint32_t depth, const float *coefficients,
    const int32_t *columns, size_t terms, const double *rows, size_t count, size_t width, double *sums);
