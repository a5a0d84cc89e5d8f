#pragma once
#include <stdint.h>

// Functions of one number in single precision that the compiler can vectorise: no branch, no call, no table. Each is
// accurate to a few units in the last place. Private to the kernels.

#define OUTLIER_INLINE static inline __attribute__((always_inline))

OUTLIER_INLINE float float_of_bits(int32_t bits) { return __builtin_bit_cast(float, bits); }
OUTLIER_INLINE int32_t bits_of_float(float value) { return __builtin_bit_cast(int32_t, value); }

/// eˣ − 1 before the power of two: *power gets 2ⁿ, the result q is such that eˣ = 2ⁿ (1 + q). |x| is bounded by 87.
OUTLIER_INLINE float reduced_exponential(float x, float *power) {
#pragma clang fp contract(fast)
    x = x < -87.0f ? -87.0f : x;
    x = x > 87.0f ? 87.0f : x;
    const float shifted = x * 1.44269504f + 12582912.0f;
    const float n = shifted - 12582912.0f;
    float r = x - n * 0x1.62e400p-1f;
    r = r - n * 0x1.7f7d1cp-20f;
    float p = r * (1.0f / 5040.0f) + (1.0f / 720.0f);
    p = p * r + (1.0f / 120.0f);
    p = p * r + (1.0f / 24.0f);
    p = p * r + (1.0f / 6.0f);
    p = p * r + 0.5f;
    *power = float_of_bits((int32_t)(((uint32_t)bits_of_float(shifted) << 23) + 0x3f800000u));
    return p * r * r + r;
}

OUTLIER_INLINE float float_exp(float x) {
    float power;
    const float q = reduced_exponential(x, &power);
    return power + power * q;
}

/// eˣ − 1, accurate near 0 too.
OUTLIER_INLINE float float_expm1(float x) {
    float power;
    const float q = reduced_exponential(x, &power);
    return power * q + (power - 1.0f);
}

/// ln x for normal x > 0 (after Cephes' logf).
OUTLIER_INLINE float float_log(float x) {
#pragma clang fp contract(fast)
    // x = 2ᵉ m with √½ ≤ m < √2.
    const int32_t shifted = bits_of_float(x) - 0x3f3504f3;
    const float e = (float)(shifted >> 23);
    const float m = float_of_bits((shifted & 0x007fffff) + 0x3f3504f3) - 1.0f;
    const float z = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    float y = p * m * z;
    y = y + e * -2.12194440e-4f;
    y = y - 0.5f * z;
    return m + y + e * 0.693359375f;
}

/// ln (1 + u) for 0 ≤ u ≤ 1.
OUTLIER_INLINE float float_log1p(float u) {
    const float w = 1.0f + u;
    const float d = w - 1.0f;
    const float quotient = float_log(w) * (u / (d == 0.0f ? 1.0f : d));
    return d == 0.0f ? u : quotient;
}

OUTLIER_INLINE float float_sigmoid(float x) { return 1.0f / (1.0f + float_exp(-x)); }

OUTLIER_INLINE float float_absolute(float x) { return float_of_bits(bits_of_float(x) & 0x7fffffff); }

OUTLIER_INLINE float float_tanh(float x) {
#pragma clang fp contract(fast)
    const float z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const float near = p * z * x + x;
    const float far = 1.0f - 2.0f / (float_exp(2.0f * x) + 1.0f);
    return float_absolute(x) < 0.625f ? near : far;
}

/// ln (1 + eˣ).
OUTLIER_INLINE float float_softplus(float x) {
    return (x < 0.0f ? 0.0f : x) + float_log1p(float_exp(-float_absolute(x)));
}

/// The standard normal distribution function, absolute error below 1e-7 (Abramowitz & Stegun 7.1.26).
/// *density gets e^(−x²/2).
OUTLIER_INLINE float float_normal_distribution(float x, float *density) {
#pragma clang fp contract(fast)
    const float a = float_absolute(x);
    const float t = 1.0f / (1.0f + 0.3275911f * 0.70710678f * a);
    const float e = float_exp(-0.5f * x * x);
    float p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    const float upper = 0.5f * p * t * e;
    *density = e;
    return x < 0.0f ? upper : 1.0f - upper;
}
