#pragma once
#include <stddef.h>
#include <stdint.h>

/// A node of an isolation tree. Nodes lie level by level, and the two children of a node side by side.
///
/// A row goes left where its value is not above the threshold. A leaf names itself as its left child and has the
/// threshold +∞: a walk of as many steps as the tree is deep ends in a leaf without asking whether it has come there.
typedef struct {
    double threshold;
    /// The left child's place in the tree; the right child is the next.
    uint32_t left;
    uint32_t feature;
} outlier_isolation_node;

/// Adds to `sums[r]` the path length of row r: `paths[leaf]` of the leaf in which it ends.
///
/// `rows` are `count` × `width`, row-major. The tree is `depth` levels deep below its root. Every `left + 1` must lie
/// in the tree and every `feature` below `width`.
void outlier_isolation_add_paths(
    const outlier_isolation_node *nodes, const double *paths, uint32_t depth, const double *rows, size_t count,
    size_t width, double *sums);

/// The leaf in which one row ends, found by plain descent.
uint32_t outlier_isolation_leaf(const outlier_isolation_node *nodes, const double *row);

/// The deepest tree whose paths can be shared out.
#define OUTLIER_ISOLATION_MAXIMUM_HEIGHT 40

/// Adds to `shares[f]` what feature f adds to the path length of one row: its Shapley value in one tree, where a feature
/// that is not known sends a row both ways in the proportion of `counts`.
///
/// The tree must not be deeper than OUTLIER_ISOLATION_MAXIMUM_HEIGHT.
void outlier_isolation_add_shares(
    const outlier_isolation_node *nodes, const double *paths, const int32_t *counts, const double *row,
    double *shares);
