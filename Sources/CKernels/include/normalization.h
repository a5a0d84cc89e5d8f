#pragma once
#include <stddef.h>

/// Layer normalisation (Ba, Kiros, Hinton 2016) of `rows` rows of `width` elements, by each row's mean and population
/// variance: output = (x − mean) · inverse · scale + shift. `normalized` (rows × width) and `inverses` (rows) are kept for
/// the gradient.
void outlier_layer_norm(const float *input, const float *scale, const float *shift, float epsilon, float *normalized,
                        float *inverses, float *output, size_t rows, size_t width);

/// Adds to the gradients of scale and shift, and writes that of the input.
void outlier_layer_norm_gradient(const float *output_gradient, const float *normalized, const float *inverses,
                                 const float *scale, float *scale_gradient, float *shift_gradient,
                                 float *input_gradient, size_t rows, size_t width);

// Batch normalisation (Ioffe and Szegedy 2015) of rows of `channels` × `size` elements. Sums are in double precision, in
// the order of the rows.

/// Each channel's mean and population variance. `scratch`: 16 · channels bytes, aligned for doubles.
void outlier_channel_moments(const float *input, size_t rows, size_t channels, size_t size, void *scratch, float *means,
                             float *variances);

/// normalized = (x − means) · inverses; output = normalized · scale + shift. `normalized` may be NULL.
void outlier_batch_norm(const float *input, const float *means, const float *inverses, const float *scale,
                        const float *shift, float *normalized, float *output, size_t rows, size_t channels,
                        size_t size);

/// Each channel's Σ g and Σ g · normalized: the gradients of shift and scale. `scratch` as above.
void outlier_batch_norm_sums(const float *output_gradient, const float *normalized, size_t rows, size_t channels,
                             size_t size, void *scratch, float *gradients, float *products);

/// The input's gradient, from what outlier_batch_norm_sums found.
void outlier_batch_norm_gradient(const float *output_gradient, const float *normalized, const float *inverses,
                                 const float *scale, const float *gradients, const float *products,
                                 float *input_gradient, size_t rows, size_t channels, size_t size);
