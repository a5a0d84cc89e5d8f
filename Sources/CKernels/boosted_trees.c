#include "boosted_trees.h"

#include "kernels.h"

#include <math.h>
#include <string.h>

void outlier_gradient_histogram(
    const uint8_t *bins, const uint32_t *rows, size_t count, const double *pairs, size_t bin_count,
    double *histogram) {
    // Neighbouring rows often come to the same bin, where an addition would wait for the one before: two histograms
    // take turns.
    double other[2 * outlier_gradient_bins];
    memset(histogram, 0, 2 * bin_count * sizeof *histogram);
    memset(other, 0, 2 * bin_count * sizeof *other);
    size_t i = 0;
    for (; i + 2 <= count; i += 2) {
        double *first = histogram + 2 * bins[rows[i]];
        double *second = other + 2 * bins[rows[i + 1]];
        first[0] += pairs[2 * i];
        first[1] += pairs[2 * i + 1];
        second[0] += pairs[2 * i + 2];
        second[1] += pairs[2 * i + 3];
    }
    if (i < count) {
        double *first = histogram + 2 * bins[rows[i]];
        first[0] += pairs[2 * i];
        first[1] += pairs[2 * i + 1];
    }
    for (size_t b = 0; b < 2 * bin_count; b++) histogram[b] += other[b];
}

// The same sums on every processor, whether or not it adds a product in one step.
#pragma clang fp contract(off)

/// What each cut gains of which `gradients` and `hessians` go left, and minus infinity for one that is not allowed;
/// returns the most.
OUTLIER_CLONES
static double find_gains(
    const double *gradients, const double *hessians, size_t cuts, const struct outlier_cut_rules *rules,
    double *gains) {
    struct outlier_cut_rules by = *rules;
    double whole = by.gradient * by.gradient / (by.hessian + by.regularization);
    for (size_t b = 0; b < cuts; b++) {
        double left = gradients[b], right = by.gradient - left;
        double left_weight = hessians[b], right_weight = by.hessian - left_weight;
        int is_allowed = (left_weight >= by.minimum_weight) & (right_weight >= by.minimum_weight) & (left_weight > 0)
            & (right_weight > 0);
        double gain = left * left / (left_weight + by.regularization)
            + right * right / (right_weight + by.regularization) - whole;
        gains[b] = is_allowed ? gain : -INFINITY;
    }
    double most = -INFINITY;
    for (size_t b = 0; b < cuts; b++) most = gains[b] > most ? gains[b] : most;
    return most;
}

struct outlier_cut outlier_best_cut(
    const double *histogram, size_t cuts, const struct outlier_cut_rules *rules) {
    double gradients[outlier_gradient_bins], hessians[outlier_gradient_bins], gains[outlier_gradient_bins];
    double gradient = 0, hessian = 0;
    for (size_t b = 0; b < cuts; b++) {
        gradients[b] = gradient += histogram[2 * b];
        hessians[b] = hessian += histogram[2 * b + 1];
    }
    struct outlier_cut best = {.gain = 0};
    double missing_gradient = histogram[2 * cuts + 2], missing_hessian = histogram[2 * cuts + 3];
    for (uint32_t missing_left = missing_hessian > 0 ? 0 : 1; missing_left < 2; missing_left++) {
        if (missing_left) {
            for (size_t b = 0; b < cuts; b++) {
                gradients[b] += missing_gradient;
                hessians[b] += missing_hessian;
            }
        }
        double most = find_gains(gradients, hessians, cuts, rules, gains);
        if (!(most > rules->least && most > 0 && most >= best.gain)) continue;
        uint32_t b = 0;
        while (gains[b] != most) b++;
        if (most > best.gain || b < best.bin) {
            best = (struct outlier_cut){most, gradients[b], hessians[b], b, missing_left};
        }
    }
    return best;
}

// A step waits for two loads and a comparison; several rows on their way at once fill the time.
#define GROUP 8

static inline uint32_t next(const struct outlier_boosted_node *node, const double *row) {
    double value = row[node->feature];
    uint32_t right = isnan(value) ? node->missing_left == 0 : value > node->threshold;
    return node->left + right;
}

void outlier_boosted_add_values(
    const struct outlier_boosted_node *nodes, uint32_t height, const double *rows, size_t count, size_t columns,
    double *sums) {
    size_t row = 0;
    for (; row + GROUP <= count; row += GROUP) {
        const double *group = rows + row * columns;
        uint32_t at[GROUP] = {0};
        for (uint32_t level = 0; level < height; level++) {
#pragma clang loop unroll(full) vectorize(disable)
            for (size_t i = 0; i < GROUP; i++) at[i] = next(nodes + at[i], group + i * columns);
        }
        for (size_t i = 0; i < GROUP; i++) sums[row + i] += nodes[at[i]].value;
    }
    for (; row < count; row++) {
        uint32_t at = 0;
        for (uint32_t level = 0; level < height; level++) at = next(nodes + at, rows + row * columns);
        sums[row] += nodes[at].value;
    }
}
