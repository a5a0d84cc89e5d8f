#pragma once

#include <stddef.h>
#include <stdint.h>

/// What a column gives to a row's score, from `left` and `right`, the negative logarithms of its tail probabilities.
enum outlier_tail_rule {
    /// The larger of the tails and of the weighted sum.
    outlier_tail_largest = 0,
    /// The larger of the tails' mean and of the weighted sum.
    outlier_tail_mean = 1,
    /// Both tails, each kept.
    outlier_tail_both = 2,
};

/// Scores of the rows from which a column's distribution was made.
///
/// `sorted` and `origins` come from `outlier_sort_with_origins`; `left_logarithms[k]` is the tail of the k least values,
/// −log(k / count) where all count alike, k = 0...count, and `right_logarithms[k]` that of the k largest.
/// The weighted sum is left_weight · left + right_weight · right. `out[row]` gets the score, or the left tail where both
/// are kept; then `right_out[row]` gets the right tail.
void outlier_tails_of_sorted(
    const double *sorted, const uint64_t *origins, size_t count, const double *left_logarithms,
    const double *right_logarithms, double left_weight, double right_weight, int rule, double *out, double *right_out);

/// Scores of values against a column's distribution, each by a search of its own. A tail that holds nothing is
/// the entry 0 of its logarithms.
void outlier_tails_by_search(
    const double *sorted, size_t count, const double *left_logarithms, const double *right_logarithms,
    double left_weight, double right_weight, int rule, const double *values, size_t value_count, double *out,
    double *right_out);

/// The same for values that come in ascending order with their origins: one walk along both.
void outlier_tails_by_merge(
    const double *sorted, size_t count, const double *left_logarithms, const double *right_logarithms,
    double left_weight, double right_weight, int rule, const double *values, const uint64_t *origins,
    size_t value_count, double *out, double *right_out);
