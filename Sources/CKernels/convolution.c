#include "convolution.h"
#include "kernels.h"

#include <stdint.h>
#include <string.h>

/// The outputs x whose input x · stride + offset lies in 0 ..< size.
static void inside(ptrdiff_t offset, size_t stride, size_t size, size_t outputs, size_t *begin, size_t *end) {
    const ptrdiff_t step = (ptrdiff_t)stride;
    ptrdiff_t first = offset >= 0 ? 0 : (-offset + step - 1) / step;
    ptrdiff_t last = offset >= (ptrdiff_t)size ? 0 : ((ptrdiff_t)size - 1 - offset) / step + 1;
    if (first > (ptrdiff_t)outputs) { first = (ptrdiff_t)outputs; }
    if (last > (ptrdiff_t)outputs) { last = (ptrdiff_t)outputs; }
    if (last < first) { last = first; }
    *begin = (size_t)first;
    *end = (size_t)last;
}

OUTLIER_CLONES
void outlier_image_to_columns(const float *image, const outlier_convolution *shape, float *columns) {
    const size_t outputs = shape->output_width, stride = shape->stride_width;
    for (size_t channel = 0; channel < shape->channels; channel++) {
        const float *plane = image + channel * shape->height * shape->width;
        for (size_t ky = 0; ky < shape->kernel_height; ky++) {
            for (size_t kx = 0; kx < shape->kernel_width; kx++) {
                const ptrdiff_t offset = (ptrdiff_t)(kx * shape->dilation_width) - (ptrdiff_t)shape->padding_width;
                size_t begin, end;
                inside(offset, stride, shape->width, outputs, &begin, &end);
                for (size_t y = 0; y < shape->output_height; y++, columns += outputs) {
                    const ptrdiff_t row = (ptrdiff_t)(y * shape->stride_height + ky * shape->dilation_height)
                        - (ptrdiff_t)shape->padding_height;
                    if (row < 0 || row >= (ptrdiff_t)shape->height) {
                        memset(columns, 0, outputs * sizeof(float));
                        continue;
                    }
                    const float *source = plane + (size_t)row * shape->width;
                    for (size_t x = 0; x < begin; x++) { columns[x] = 0; }
                    if (stride == 1) {
                        for (size_t x = begin; x < end; x++) { columns[x] = source[(ptrdiff_t)x + offset]; }
                    } else {
                        for (size_t x = begin; x < end; x++) {
                            columns[x] = source[(ptrdiff_t)(x * stride) + offset];
                        }
                    }
                    for (size_t x = end; x < outputs; x++) { columns[x] = 0; }
                }
            }
        }
    }
}

OUTLIER_CLONES
void outlier_columns_to_image(const float *columns, const outlier_convolution *shape, float *image) {
    const size_t outputs = shape->output_width, stride = shape->stride_width;
    for (size_t channel = 0; channel < shape->channels; channel++) {
        float *plane = image + channel * shape->height * shape->width;
        for (size_t ky = 0; ky < shape->kernel_height; ky++) {
            for (size_t kx = 0; kx < shape->kernel_width; kx++) {
                const ptrdiff_t offset = (ptrdiff_t)(kx * shape->dilation_width) - (ptrdiff_t)shape->padding_width;
                size_t begin, end;
                inside(offset, stride, shape->width, outputs, &begin, &end);
                for (size_t y = 0; y < shape->output_height; y++, columns += outputs) {
                    const ptrdiff_t row = (ptrdiff_t)(y * shape->stride_height + ky * shape->dilation_height)
                        - (ptrdiff_t)shape->padding_height;
                    if (row < 0 || row >= (ptrdiff_t)shape->height) { continue; }
                    float *target = plane + (size_t)row * shape->width;
                    if (stride == 1) {
                        for (size_t x = begin; x < end; x++) { target[(ptrdiff_t)x + offset] += columns[x]; }
                    } else {
                        for (size_t x = begin; x < end; x++) {
                            target[(ptrdiff_t)(x * stride) + offset] += columns[x];
                        }
                    }
                }
            }
        }
    }
}

OUTLIER_CLONES
void outlier_add_channel_bias(float *values, const float *bias, size_t channels, size_t size) {
    for (size_t channel = 0; channel < channels; channel++, values += size) {
        const float added = bias[channel];
        for (size_t index = 0; index < size; index++) { values[index] += added; }
    }
}

OUTLIER_CLONES
void outlier_sum_channels(const float *values, float *gradient, size_t channels, size_t size) {
#pragma clang fp reassociate(on)
    for (size_t channel = 0; channel < channels; channel++, values += size) {
        float sum = 0;
        for (size_t index = 0; index < size; index++) { sum += values[index]; }
        gradient[channel] += sum;
    }
}
