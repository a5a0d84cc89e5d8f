#include "activations.h"
#include "float_functions.h"
#include "kernels.h"

#include <string.h>

#define FOR_EACH(body) \
    for (size_t index = 0; index < count; index++) { body }

OUTLIER_CLONES
void outlier_activate(
    outlier_activation activation, float parameter, const float *sums, size_t count, float *output) {
    switch (activation) {
    case OUTLIER_ACTIVATION_IDENTITY:
        if (output != sums) { memmove(output, sums, count * sizeof(float)); }
        break;
    case OUTLIER_ACTIVATION_RELU: FOR_EACH(const float x = sums[index]; output[index] = x < 0 ? 0 : x;) break;
    case OUTLIER_ACTIVATION_LEAKY_RELU:
        FOR_EACH(const float x = sums[index]; output[index] = x < 0 ? parameter * x : x;) break;
    case OUTLIER_ACTIVATION_ELU:
        FOR_EACH(const float x = sums[index]; const float y = parameter * float_expm1(x);
                 output[index] = x < 0 ? y : x;)
        break;
    case OUTLIER_ACTIVATION_TANH:
        FOR_EACH(const float x = sums[index]; const float y = float_tanh(x); output[index] = x == x ? y : x;) break;
    case OUTLIER_ACTIVATION_SIGMOID:
        FOR_EACH(const float x = sums[index]; const float y = float_sigmoid(x); output[index] = x == x ? y : x;) break;
    case OUTLIER_ACTIVATION_SOFTPLUS: FOR_EACH(output[index] = float_softplus(sums[index]);) break;
    case OUTLIER_ACTIVATION_SILU:
        FOR_EACH(const float x = sums[index]; output[index] = x * float_sigmoid(x);) break;
    case OUTLIER_ACTIVATION_GELU:
        FOR_EACH(float density; const float x = sums[index];
                 output[index] = x * float_normal_distribution(x, &density);)
        break;
    }
}

OUTLIER_CLONES
void outlier_activation_gradient(
    outlier_activation activation, float parameter, const float *sums, const float *output, size_t count,
    float *gradient) {
    switch (activation) {
    case OUTLIER_ACTIVATION_IDENTITY: break;
    case OUTLIER_ACTIVATION_RELU: FOR_EACH(gradient[index] = output[index] > 0 ? gradient[index] : 0;) break;
    case OUTLIER_ACTIVATION_LEAKY_RELU:
        FOR_EACH(gradient[index] *= output[index] < 0 ? parameter : 1;) break;
    case OUTLIER_ACTIVATION_ELU:
        FOR_EACH(const float y = output[index]; gradient[index] *= y < 0 ? y + parameter : 1;) break;
    case OUTLIER_ACTIVATION_TANH: FOR_EACH(const float y = output[index]; gradient[index] *= 1 - y * y;) break;
    case OUTLIER_ACTIVATION_SIGMOID: FOR_EACH(const float y = output[index]; gradient[index] *= y * (1 - y);) break;
    case OUTLIER_ACTIVATION_SOFTPLUS: FOR_EACH(gradient[index] *= -float_expm1(-output[index]);) break;
    case OUTLIER_ACTIVATION_SILU:
        FOR_EACH(const float s = float_sigmoid(sums[index]);
                 gradient[index] *= s * (1 + sums[index] * (1 - s));)
        break;
    case OUTLIER_ACTIVATION_GELU:
        FOR_EACH(float density; const float p = float_normal_distribution(sums[index], &density);
                 gradient[index] *= p + sums[index] * 0.39894228f * density;)
        break;
    }
}
