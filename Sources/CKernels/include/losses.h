#pragma once
#include <stddef.h>

/// What a prediction p costs where t was expected, an element at a time.
typedef enum {
    /// (p − t)².
    OUTLIER_LOSS_SQUARED = 0,
    /// |p − t|.
    OUTLIER_LOSS_ABSOLUTE = 1,
    /// ½ (p − t)² where |p − t| ≤ δ, else δ (|p − t| − ½ δ); δ is the parameter.
    OUTLIER_LOSS_HUBER = 2,
    /// Binary cross-entropy of the logit p: ln(1 + eᵖ) − t p.
    OUTLIER_LOSS_LOGISTIC = 3,
} outlier_loss;

/// The losses of `rows` rows of `width` predictions.
///
/// - sums: each row's sum over its elements, in an order that does not depend on the other rows.
/// - gradient: the derivative of each element's loss by its prediction, times `scale`. NULL where not needed.
/// - element_losses: each element's loss. NULL where not needed.
void outlier_losses(
    outlier_loss loss, float parameter, const float *predictions, const float *targets, size_t rows, size_t width,
    float scale, float *sums, float *gradient, float *element_losses);

/// −ln N(t; mean, e^log_variance) of each element: ½ (log_variance + (t − mean)² e^−log_variance + ln 2π).
void outlier_gaussian_losses(
    const float *means, const float *log_variances, const float *targets, size_t rows, size_t width, float scale,
    float *sums, float *mean_gradient, float *log_variance_gradient);

/// KL(N(mean, e^log_variance) ‖ N(0, 1)) of each element: ½ (mean² + e^log_variance − 1 − log_variance).
/// The gradients are added to what stands there.
void outlier_normal_divergences(
    const float *means, const float *log_variances, size_t rows, size_t width, float scale, float *sums,
    float *mean_gradient, float *log_variance_gradient);
