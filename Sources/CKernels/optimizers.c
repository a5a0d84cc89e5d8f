#include "optimizers.h"
#include "kernels.h"

OUTLIER_CLONES
void outlier_adam(
    const outlier_adam_settings *settings, float *parameters, float *gradients, float *first, float *second,
    size_t count) {
    const outlier_adam_settings s = *settings;
    const float rate = s.learning_rate / s.first_correction;
    const float inverse_root = 1 / s.second_correction_root;
    for (size_t index = 0; index < count; index++) {
        float parameter = parameters[index] * s.shrinkage;
        const float gradient = gradients[index] * s.gradient_scale + s.penalty * parameter;
        const float m = first[index] + (gradient - first[index]) * (1 - s.first_decay);
        const float v = second[index] * s.second_decay + (1 - s.second_decay) * gradient * gradient;
        first[index] = m;
        second[index] = v;
        // Not the C library's root, which may set errno and so keeps the loop from being vectorised.
        parameters[index] = parameter - rate * m / (__builtin_elementwise_sqrt(v) * inverse_root + s.epsilon);
        gradients[index] = 0;
    }
}

OUTLIER_CLONES
void outlier_momentum_descent(
    float learning_rate, float momentum, float penalty, float gradient_scale, float *parameters, float *gradients,
    float *velocity, size_t count) {
    for (size_t index = 0; index < count; index++) {
        const float gradient = gradients[index] * gradient_scale + penalty * parameters[index];
        velocity[index] = momentum * velocity[index] + gradient;
        parameters[index] -= learning_rate * velocity[index];
        gradients[index] = 0;
    }
}

OUTLIER_CLONES
double outlier_sum_of_float_squares(const float *values, size_t count) {
    double lanes[16] = {0};
    size_t index = 0;
    for (; index + 16 <= count; index += 16) {
        for (size_t lane = 0; lane < 16; lane++) {
            const double value = values[index + lane];
            lanes[lane] += value * value;
        }
    }
    for (size_t lane = 0; index + lane < count; lane++) {
        const double value = values[index + lane];
        lanes[lane] += value * value;
    }
    double sum = 0;
    for (size_t lane = 0; lane < 16; lane++) { sum += lanes[lane]; }
    return sum;
}
