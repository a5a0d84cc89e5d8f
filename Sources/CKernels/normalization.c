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
void outlier_channel_moments(const float *input, size_t rows, size_t channels, size_t size, void *scratch, float *means,
                             float *variances) {
#pragma clang fp reassociate(on) contract(fast)
    double *sums = scratch, *centers = sums + channels;
    const double count = (double)rows * (double)size;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t channel = 0; channel < channels; channel++) {
            sums[channel] = 0;
            if (pass == 0) { centers[channel] = 0; }
        }
        const float *values = input;
        for (size_t row = 0; row < rows; row++) {
            for (size_t channel = 0; channel < channels; channel++, values += size) {
                const double center = centers[channel];
                double sum = 0;
                if (pass == 0) {
                    for (size_t index = 0; index < size; index++) { sum += values[index]; }
                } else {
                    for (size_t index = 0; index < size; index++) {
                        const double difference = values[index] - center;
                        sum += difference * difference;
                    }
                }
                sums[channel] += sum;
            }
        }
        for (size_t channel = 0; channel < channels; channel++) {
            if (pass == 0) {
                centers[channel] = sums[channel] / count;
                means[channel] = (float)centers[channel];
            } else {
                variances[channel] = (float)(sums[channel] / count);
            }
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
void outlier_batch_norm_sums(const float *output_gradient, const float *normalized, size_t rows, size_t channels,
                             size_t size, void *scratch, float *gradients, float *products) {
#pragma clang fp reassociate(on) contract(fast)
    double *sums = scratch, *slopes = sums + channels;
    for (size_t channel = 0; channel < channels; channel++) { sums[channel] = slopes[channel] = 0; }
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++) {
            double sum = 0, product = 0;
            for (size_t index = 0; index < size; index++) {
                sum += output_gradient[index];
                product += (double)output_gradient[index] * normalized[index];
            }
            sums[channel] += sum;
            slopes[channel] += product;
            output_gradient += size;
            normalized += size;
        }
    }
    for (size_t channel = 0; channel < channels; channel++) {
        gradients[channel] = (float)sums[channel];
        products[channel] = (float)slopes[channel];
    }
}

OUTLIER_CLONES
void outlier_batch_norm_gradient(const float *output_gradient, const float *normalized, const float *inverses,
                                 const float *scale, const float *gradients, const float *products,
                                 float *input_gradient, size_t rows, size_t channels, size_t size) {
#pragma clang fp contract(fast)
    const float count = (float)rows * (float)size;
    for (size_t row = 0; row < rows; row++) {
        for (size_t channel = 0; channel < channels; channel++) {
            const float factor = scale[channel] * inverses[channel];
            const float mean = gradients[channel] / count, product = products[channel] / count;
            for (size_t index = 0; index < size; index++) {
                input_gradient[index] = (output_gradient[index] - mean - normalized[index] * product) * factor;
            }
            output_gradient += size;
            normalized += size;
            input_gradient += size;
        }
    }
}
