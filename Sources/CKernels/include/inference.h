#pragma once
#include <stddef.h>

/// Kernels for the inference of convolutional networks in single precision.
///
/// An activation is height × width × channels, the channels of a pixel padded with zeros to whole vectors of
/// `OUTLIER_CHANNEL_LANES`, with a border of zeros around it, so that a window that reaches over the edge reads zeros.
#define OUTLIER_CHANNEL_LANES 16
/// The channels that a panel of packed weights covers: two vectors.
#define OUTLIER_CHANNEL_PANEL 32

enum outlier_inference_activation {
    OUTLIER_INFERENCE_LINEAR = 0,
    OUTLIER_INFERENCE_RELU = 1,
    /// min(max(x, 0), 6)
    OUTLIER_INFERENCE_RELU6 = 2,
};

typedef struct {
    /// The first number of the first window: it may lie in the border.
    const float *input;
    /// Numbers from one row of the input to the next, and from one pixel to the next.
    size_t input_row_stride, input_pixel_stride;
    /// How many channels of a pixel count.
    size_t depth;
    size_t kernel_height, kernel_width, stride;
    /// kernel height × kernel width × depth × panel for each panel of 32 outputs; the last panel has 16 where no more are
    /// left. For a depthwise convolution: kernel height × kernel width × padded channels.
    const float *weights;
    /// A number for each padded output channel.
    const float *bias;
    float *output;
    size_t output_row_stride, output_pixel_stride;
    size_t output_height, output_width;
    /// Padded: a multiple of 16.
    size_t output_channels;
    /// Added before the activation, or null; shaped as the output.
    const float *residual;
    size_t residual_row_stride;
    int activation;
} outlier_inference_task;

/// A convolution with bias, residual and activation, directly over the windows: no copy of them is made. `first` and
/// `last` bound the rows of the output that are computed.
void outlier_inference_convolution(const outlier_inference_task *task, size_t first, size_t last);

/// The same with each channel for itself; `depth` is not read.
void outlier_inference_depthwise(const outlier_inference_task *task, size_t first, size_t last);

/// The largest value of each window; `weights`, `bias`, `residual` and `activation` are not read.
void outlier_inference_max_pooling(const outlier_inference_task *task, size_t first, size_t last);
