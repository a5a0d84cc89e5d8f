#include "tails.h"

#include "kernels.h"
#include "ordering.h"

static inline double combine(double left, double right, double left_weight, double right_weight, int rule) {
    double weighted = left * left_weight + right * right_weight;
    double other = rule == outlier_tail_largest ? (left > right ? left : right) : (left + right) / 2;
    return weighted > other ? weighted : other;
}

static inline void put(
    size_t row, double left, double right, double left_weight, double right_weight, int rule, double *out,
    double *right_out) {
    if (rule == outlier_tail_both) {
        out[row] = left;
        right_out[row] = right;
    } else {
        out[row] = combine(left, right, left_weight, right_weight, rule);
    }
}

void outlier_tails_of_sorted(
    const double *sorted, const uint64_t *origins, size_t count, const double *left_logarithms,
    const double *right_logarithms, double left_weight, double right_weight, int rule, double *out, double *right_out) {
    size_t begin = 0;
    while (begin < count) {
        size_t end = begin + 1;
        while (end < count && sorted[end] == sorted[begin]) end++;
        double left = left_logarithms[end];
        double right = right_logarithms[count - begin];
        for (size_t i = begin; i < end; i++) {
            put((uint32_t)origins[i], left, right, left_weight, right_weight, rule, out, right_out);
        }
        begin = end;
    }
}

void outlier_tails_by_search(
    const double *sorted, size_t count, const double *left_logarithms, const double *right_logarithms,
    double left_weight, double right_weight, int rule, const double *values, size_t value_count, double *out,
    double *right_out) {
    for (size_t i = 0; i < value_count; i++) {
        size_t below, not_above;
        outlier_rank(sorted, count, values[i], &below, &not_above);
        double left = left_logarithms[not_above];
        double right = right_logarithms[count - below];
        put(i, left, right, left_weight, right_weight, rule, out, right_out);
    }
}

void outlier_tails_by_merge(
    const double *sorted, size_t count, const double *left_logarithms, const double *right_logarithms,
    double left_weight, double right_weight, int rule, const double *values, const uint64_t *origins,
    size_t value_count, double *out, double *right_out) {
    size_t below = 0, not_above = 0;
    for (size_t i = 0; i < value_count; i++) {
        while (below < count && sorted[below] < values[i]) below++;
        if (not_above < below) not_above = below;
        while (not_above < count && sorted[not_above] <= values[i]) not_above++;
        double left = left_logarithms[not_above];
        double right = right_logarithms[count - below];
        put((uint32_t)origins[i], left, right, left_weight, right_weight, rule, out, right_out);
    }
}
