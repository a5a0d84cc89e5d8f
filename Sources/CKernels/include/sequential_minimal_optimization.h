#pragma once
#include <stdint.h>

/// The two passes over the active variables that each step of sequential minimal optimisation makes, for
/// min ½ αᵀKα, 0 ≤ α ≤ 1, Σα fixed. Arrays are padded to a multiple of 32 elements with the status 0.
enum outlier_smo_status {
    OUTLIER_SMO_CAN_GROW = 1,    // α < 1
    OUTLIER_SMO_CAN_SHRINK = 2,  // α > 0
};

/// The least gradient of the variables that can grow, and the largest of those that can shrink; the optimum is where
/// the first is not below the second. Indices are -1 where there is none.
typedef struct {
    double least;
    double largest;
    int64_t least_index;
} outlier_smo_extremes;

/// gradient += step × (grown − shrunk), where the rows are given, and the extremes of what results.
void outlier_smo_update(
    double *_Nonnull gradient, const float *_Nullable grown, const float *_Nullable shrunk, double step,
    const uint8_t *_Nonnull status, int64_t count, outlier_smo_extremes *_Nonnull extremes);

typedef struct {
    float gain;
    int64_t index;
} outlier_smo_partner;

/// Second-order choice (Fan, Chen and Lin, 2005): of the variables that can shrink, the one with which the variable of
/// the gradient `least` lowers the objective most. The index is -1 where none violates.
void outlier_smo_select(
    const double *_Nonnull gradient, const float *_Nonnull row, const float *_Nonnull diagonal,
    const uint8_t *_Nonnull status, int64_t count, double least, float own_diagonal,
    outlier_smo_partner *_Nonnull partner);

/// Moves the elements at the ascending indices `kept` of `row` to the front of `target`, which may be `row` itself or
/// lie before it.
void outlier_smo_compact(
    const float *_Nonnull row, const int32_t *_Nonnull kept, int64_t count, float *_Nonnull target);
