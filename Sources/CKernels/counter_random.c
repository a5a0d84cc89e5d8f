#include "counter_random.h"
#include "float_functions.h"
#include "kernels.h"

OUTLIER_INLINE uint64_t counter_bits(uint64_t key, uint64_t counter) {
    uint64_t z = key + counter * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

OUTLIER_INLINE float counter_uniform(uint64_t key, uint64_t counter) {
    return (float)(int32_t)(counter_bits(key, counter) >> 40) * 0x1p-24f;
}

OUTLIER_CLONES
void outlier_random_uniforms(uint64_t key, uint64_t first, size_t count, float *values) {
    for (size_t index = 0; index < count; index++) { values[index] = counter_uniform(key, first + index); }
}

OUTLIER_CLONES
void outlier_random_normals(uint64_t key, uint64_t first, size_t count, float *values) {
#pragma clang fp contract(fast)
    for (size_t index = 0; index < count; index++) {
        const uint64_t bits = counter_bits(key, first + index);
        // 0 < u ≤ 1 of 31 bits, 0 ≤ v < 1 of 24.
        const float u = ((float)(int32_t)(bits >> 33) + 1.0f) * 0x1p-31f;
        const float v = (float)(int32_t)(bits & 0xffffff) * 0x1p-24f;
        // cos 2πv = sin 2πw, |w| ≤ ¼.
        const float w = float_absolute(v - 0.5f) - 0.25f;
        const float a = 6.2831853f * w;
        const float z = a * a;
        float p = -2.5052108e-8f;
        p = p * z + 2.7557319e-6f;
        p = p * z - 1.9841270e-4f;
        p = p * z + 8.3333333e-3f;
        p = p * z - 0.16666667f;
        const float sine = a + a * z * p;
        values[index] = __builtin_elementwise_sqrt(-2.0f * float_log(u)) * sine;
    }
}

OUTLIER_CLONES
void outlier_dropout(
    uint64_t key, uint64_t first, float rate, float scale, const float *input, size_t count, float *output) {
    for (size_t index = 0; index < count; index++) {
        output[index] = counter_uniform(key, first + index) < rate ? 0.0f : input[index] * scale;
    }
}
