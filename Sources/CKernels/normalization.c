#include "normalization.h"
#include "kernels.h"

#include <math.h>

OUTLIER_CLONES
void outlier_layer_norm(const float *input, const float *scale, const float *shift, float epsilon, float *normalized,
                        float *inverses, float *output, size_t rows, size_t width) {
#pragma clang fp contract(fast) reassociate(on)
    for (size_t row = 0; row < rows; row++, input += width, normalized += width, output += width) {
        float sum = 0, squares = 0;
        for (size_t index = 0; index < width; index++) { sum += input[index]; }
        const float mean = sum / (float)width;
        for (size_t index = 0; index < width; index++) {
            const float difference = input[index] - mean;
            squares += difference * difference;
        }
        const float inverse = 1.0f / sqrtf(squares / (float)width + epsilon);
        inverses[row] = inverse;
        for (size_t index = 0; index < width; index++) {
            normalized[index] = (input[index] - mean) * inverse;
            output[index] = normalized[index] * scale[index] + shift[index];
        }
    }
}

OUTLIER_CLONES
void outlier_layer_norm_gradient(const float *output_gradient, const float *normalized, const float *inverses,
                                 const float *scale, float *scale_gradient, float *shift_gradient,
                                 float *input_gradient, size_t rows, size_t width) {
#pragma clang fp contract(fast) reassociate(on)
    for (size_t row = 0; row < rows; row++) {
        float sum = 0, product = 0;
        for (size_t index = 0; index < width; index++) {
            const float gradient = output_gradient[index], scaled = gradient * scale[index];
            scale_gradient[index] += gradient * normalized[index];
            shift_gradient[index] += gradient;
            sum += scaled;
            product += scaled * normalized[index];
        }
        const float mean = sum / (float)width, slope = product / (float)width, inverse = inverses[row];
        for (size_t index = 0; index < width; index++) {
            input_gradient[index] = (output_gradient[index] * scale[index] - mean - normalized[index] * slope) * inverse;
        }
        output_gradient += width;
        normalized += width;
        input_gradient += width;
    }
}

OUTLIER_CLONES
void outlier_channel_sums(const float *input, double *sums, size_t rows, size_t channels, size_t size) {
#pragma clang fp reassociate(on)
    if (size == 1) {
        for (size_t row = 0; row < rows; row++, input += channels) {
            for (size_t channel = 0; channel < channels; channel++) { sums[channel] += input[channel]; }
        }
        return;
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++, input += size) {
            double sum = 0;
            for (size_t index = 0; index < size; index++) { sum += input[index]; }
            sums[channel] += sum;
        }
    }
}

OUTLIER_CLONES
void outlier_channel_squares(const float *input, const float *means, double *squares, size_t rows, size_t channels,
                             size_t size) {
#pragma clang fp reassociate(on) contract(fast)
    if (size == 1) {
        for (size_t row = 0; row < rows; row++, input += channels) {
            for (size_t channel = 0; channel < channels; channel++) {
                const double difference = (double)input[channel] - means[channel];
                squares[channel] += difference * difference;
            }
        }
        return;
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++, input += size) {
            double sum = 0;
            for (size_t index = 0; index < size; index++) {
                const double difference = (double)input[index] - means[channel];
                sum += difference * difference;
            }
            squares[channel] += sum;
        }
    }
}

OUTLIER_CLONES
void outlier_batch_norm(const float *input, const float *means, const float *inverses, const float *scale,
                        const float *shift, float *normalized, float *output, size_t rows, size_t channels,
                        size_t size) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++) {
            const float mean = means[channel], inverse = inverses[channel];
            const float factor = scale[channel], added = shift[channel];
            for (size_t index = 0; index < size; index++) {
                const float value = (input[index] - mean) * inverse;
                if (normalized) { normalized[index] = value; }
                output[index] = value * factor + added;
            }
            input += size;
            output += size;
            if (normalized) { normalized += size; }
        }
    }
}

OUTLIER_CLONES
void outlier_batch_norm_sums(const float *output_gradient, const float *normalized, double *gradients,
                             double *products, size_t rows, size_t channels, size_t size) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++) {
            double sum = 0, product = 0;
            for (size_t index = 0; index < size; index++) {
                sum += output_gradient[index];
                product += (double)output_gradient[index] * normalized[index];
            }
            gradients[channel] += sum;
            products[channel] += product;
            output_gradient += size;
            normalized += size;
        }
    }
}

OUTLIER_CLONES
void outlier_batch_norm_gradient(const float *output_gradient, const float *normalized, const float *inverses,
                                 const float *scale, const float *mean_gradients, const float *mean_products,
                                 float *input_gradient, size_t rows, size_t channels, size_t size) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++) {
            const float factor = scale[channel] * inverses[channel];
            const float mean = mean_gradients[channel], product = mean_products[channel];
            for (size_t index = 0; index < size; index++) {
                input_gradient[index] = (output_gradient[index] - mean - normalized[index] * product) * factor;
            }
            output_gradient += size;
            normalized += size;
            input_gradient += size;
        }
    }
}
