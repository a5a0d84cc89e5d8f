#include <string.h>

#include "isolation_forest.h"
#include "kernels.h"

// S. M. Lundberg et al., "From local explanations to global understanding with explainable AI for trees", 2020,
// algorithm 2. A path holds each feature that was cut on the way once: the part of the sample that goes this way where
// the feature is not known, whether the row itself goes this way, and the weight of the subsets of so many known features.

#define LONGEST (OUTLIER_ISOLATION_MAXIMUM_HEIGHT + 2)

typedef struct {
    double zero[LONGEST];
    double one[LONGEST];
    double weight[LONGEST];
    uint32_t feature[LONGEST];
    // Elements behind the first, which stands for no feature.
    int length;
} way;

typedef struct {
    const outlier_isolation_node *nodes;
    const double *paths;
    const int32_t *counts;
    const double *row;
    double *shares;
} walk;

static inline void extend(way *way, double zero, double one, uint32_t feature) {
    int length = ++way->length;
    way->zero[length] = zero;
    way->one[length] = one;
    way->feature[length] = feature;
    way->weight[length] = 0;
    double scale = 1.0 / (length + 1);
    for (int i = length - 1; i >= 0; i--) {
        way->weight[i + 1] += one * way->weight[i] * (i + 1) * scale;
        way->weight[i] *= zero * (length - i) * scale;
    }
}

static inline void unwind(way *way, int index) {
    int length = way->length;
    double zero = way->zero[index], one = way->one[index];
    double next = way->weight[length];
    for (int i = length - 1; i >= 0; i--) {
        if (one != 0) {
            double before = way->weight[i];
            way->weight[i] = next * (length + 1) / ((i + 1) * one);
            next = before - way->weight[i] * zero * (length - i) / (length + 1);
        } else if (zero != 0) {
            way->weight[i] = way->weight[i] * (length + 1) / (zero * (length - i));
        }
    }
    for (int i = index; i < length; i++) {
        way->zero[i] = way->zero[i + 1];
        way->one[i] = way->one[i + 1];
        way->feature[i] = way->feature[i + 1];
    }
    way->length = length - 1;
}

// The sum of the weights that `unwind` would leave.
static inline double unwound_sum(const way *way, int index) {
    int length = way->length;
    double zero = way->zero[index], one = way->one[index];
    double sum = 0;
    if (one != 0) {
        double next = way->weight[length];
        for (int i = length - 1; i >= 0; i--) {
            double part = next / ((i + 1) * one);
            sum += part;
            next = way->weight[i] - part * zero * (length - i);
        }
    } else if (zero != 0) {
        for (int i = length - 1; i >= 0; i--) sum += way->weight[i] / (zero * (length - i));
    }
    return sum * (length + 1);
}

// A row without the value goes the way of most rows.
static inline uint32_t goes_right(const outlier_isolation_node *cut, const int32_t *counts, const double *row) {
    double value = row[cut->feature];
    return value != value ? counts[cut->left + 1] > counts[cut->left] : value > cut->threshold;
}

static void descend(const walk *walk, const way *before, uint32_t node, double zero, double one, uint32_t feature) {
    way way;
    int used = before->length + 1;
    memcpy(way.zero, before->zero, used * sizeof(double));
    memcpy(way.one, before->one, used * sizeof(double));
    memcpy(way.weight, before->weight, used * sizeof(double));
    memcpy(way.feature, before->feature, used * sizeof(uint32_t));
    way.length = before->length;
    extend(&way, zero, one, feature);
    const outlier_isolation_node *cut = walk->nodes + node;
    if (cut->left == node) {
        double length = walk->paths[node];
        for (int i = 1; i <= way.length; i++)
            walk->shares[way.feature[i]] += unwound_sum(&way, i) * (way.one[i] - way.zero[i]) * length;
        return;
    }
    uint32_t right = goes_right(cut, walk->counts, walk->row);
    uint32_t hot = cut->left + right, cold = cut->left + 1 - right;
    double known_zero = 1, known_one = 1;
    for (int i = 1; i <= way.length; i++) {
        if (way.feature[i] != cut->feature) continue;
        known_zero = way.zero[i];
        known_one = way.one[i];
        unwind(&way, i);
        break;
    }
    double count = walk->counts[node];
    // Where no row of the sample came, none is to be shared out.
    if (count <= 0) return;
    double hot_zero = known_zero * walk->counts[hot] / count, cold_zero = known_zero * walk->counts[cold] / count;
    if (hot_zero != 0 || known_one != 0) descend(walk, &way, hot, hot_zero, known_one, cut->feature);
    if (cold_zero != 0) descend(walk, &way, cold, cold_zero, 0, cut->feature);
}

void outlier_isolation_add_shares(
    const outlier_isolation_node *nodes, const double *paths, const int32_t *counts, const double *row,
    double *shares) {
    if (nodes[0].left == 0) return;
    walk walk = {nodes, paths, counts, row, shares};
    way start;
    start.length = 0;
    start.zero[0] = start.one[0] = start.weight[0] = 1;
    start.feature[0] = 0;
    // The root adds no element of its own: its cut does for its children.
    const outlier_isolation_node *cut = nodes;
    if (counts[0] <= 0) return;
    uint32_t right = goes_right(cut, counts, row);
    uint32_t hot = cut->left + right, cold = cut->left + 1 - right;
    descend(&walk, &start, hot, (double)counts[hot] / counts[0], 1, cut->feature);
    if (counts[cold] > 0) descend(&walk, &start, cold, (double)counts[cold] / counts[0], 0, cut->feature);
}
