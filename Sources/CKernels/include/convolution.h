#pragma once
#include <stddef.h>

/// The geometry of a two-dimensional convolution over one image; a one-dimensional one has a height of 1.
typedef struct {
    size_t channels, height, width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
    size_t padding_height, padding_width;
    size_t dilation_height, dilation_width;
    size_t output_height, output_width;
} outlier_convolution;

/// Lays the patches of an image (channels × height × width) out as columns: (channels · kernel height · kernel width) ×
/// (output height · output width). What lies outside the image is 0.
void outlier_image_to_columns(const float *image, const outlier_convolution *shape, float *columns);

/// The transpose: adds every element of the columns to the pixel that it was taken from.
void outlier_columns_to_image(const float *columns, const outlier_convolution *shape, float *image);

/// Adds bias[channel] to each of the channel's `size` elements.
void outlier_add_channel_bias(float *values, const float *bias, size_t channels, size_t size);

/// gradient[channel] += Σ of the channel's `size` elements.
void outlier_sum_channels(const float *values, float *gradient, size_t channels, size_t size);
