#pragma once
#include <stddef.h>

/// Functions that follow a layer's sums.
typedef enum {
    OUTLIER_ACTIVATION_IDENTITY = 0,
    OUTLIER_ACTIVATION_RELU = 1,
    /// x, or `parameter` · x below 0.
    OUTLIER_ACTIVATION_LEAKY_RELU = 2,
    /// x, or `parameter` · (eˣ − 1) below 0.
    OUTLIER_ACTIVATION_ELU = 3,
    OUTLIER_ACTIVATION_TANH = 4,
    OUTLIER_ACTIVATION_SIGMOID = 5,
    /// ln(1 + eˣ).
    OUTLIER_ACTIVATION_SOFTPLUS = 6,
    /// x · sigmoid(x). Its gradient needs the sums.
    OUTLIER_ACTIVATION_SILU = 7,
    /// x · Φ(x), Φ the standard normal distribution function. Its gradient needs the sums.
    OUTLIER_ACTIVATION_GELU = 8,
} outlier_activation;

/// output[i] = f(sums[i]); the two may be the same. A NaN stays a NaN.
void outlier_activate(outlier_activation activation, float parameter, const float *sums, size_t count, float *output);

/// gradient[i] *= f′(sums[i]), computed from the outputs where these suffice: `sums` is looked at for SiLU and GELU only.
void outlier_activation_gradient(
    outlier_activation activation, float parameter, const float *sums, const float *output, size_t count,
    float *gradient);
