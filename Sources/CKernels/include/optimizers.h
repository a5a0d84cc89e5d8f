#pragma once
#include <stddef.h>

/// One step of Adam (Kingma & Ba 2015) or AdamW (Loshchilov & Hutter 2019) over `count` parameters, as PyTorch computes
/// it. The gradients become 0.
typedef struct {
    float learning_rate;
    float first_decay;
    float second_decay;
    float epsilon;
    /// 1 − first_decayᵗ and √(1 − second_decayᵗ) at step t, from 1.
    float first_correction;
    float second_correction_root;
    /// Adam's: added to the gradient, times the parameter.
    float penalty;
    /// AdamW's: what the parameters are multiplied by first, 1 − learning rate · decay.
    float shrinkage;
    /// What the gradients are multiplied by before anything else.
    float gradient_scale;
} outlier_adam_settings;

void outlier_adam(
    const outlier_adam_settings *settings, float *parameters, float *gradients, float *first, float *second,
    size_t count);

/// velocity = momentum · velocity + gradient + penalty · parameter; parameter −= learning_rate · velocity.
/// The gradients become 0.
void outlier_momentum_descent(
    float learning_rate, float momentum, float penalty, float gradient_scale, float *parameters, float *gradients,
    float *velocity, size_t count);

/// Σ values², in double precision and in an order of its own.
double outlier_sum_of_float_squares(const float *values, size_t count);
