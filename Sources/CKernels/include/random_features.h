#pragma once
#include <stdint.h>

/// Random Fourier features and stochastic gradient descent on the one-class objective. The number of features is a
/// multiple of `OUTLIER_FEATURE_LANES`; those that fill up have the weight 0 throughout.
#define OUTLIER_FEATURE_LANES 32

/// out[f] = amplitude · cos(Σ row[k] · frequencies[k · features + f] + phases[f]) for each row. The cosine's error is
/// below 1e-15 for arguments up to 10⁶; where the argument is beyond 10⁹ or not a number, the feature is 0, its mean.
void outlier_random_features(
    const double *_Nonnull rows, int64_t count, int64_t columns, const double *_Nonnull frequencies,
    const double *_Nonnull phases, double amplitude, int64_t features, double *_Nonnull out);

/// Σ weights[f] · values[f], in one fixed order.
double outlier_features_dot(const double *_Nonnull weights, const double *_Nonnull values, int64_t features);

typedef struct {
    double intercept;
    /// The weights are `scale` times what their memory holds.
    double scale;
    /// The square of the norm of the weights.
    double square;
    /// Steps done, from 1.
    double time;
    double nu;
    double first_time;
    double average_intercept;
} outlier_sgd_state;

/// One step for each row of `features` values: hinge loss at 1, times the row's weight, L2 penalty ν, the rate
/// 1 / (ν (first_time + time - 1)). `average` may be null, and `row_weights`, where all are 1. Returns the sum of the
/// objectives seen.
double outlier_sgd_one_class(
    outlier_sgd_state *_Nonnull state, double *_Nonnull weights, double *_Nullable average,
    const double *_Nonnull values, const double *_Nullable row_weights, int64_t count, int64_t features);
