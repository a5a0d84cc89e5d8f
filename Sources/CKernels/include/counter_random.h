#pragma once
#include <stddef.h>
#include <stdint.h>

// Random numbers that depend on a key and on a counter alone (SplitMix64's finaliser over key + counter · golden ratio),
// so that any part of a sequence can be drawn by itself.

/// values[i] = the number `first + i` of the sequence, uniform in 0 ≤ u < 1.
void outlier_random_uniforms(uint64_t key, uint64_t first, size_t count, float *values);

/// values[i] = the number `first + i` of the sequence, standard normal (Box & Muller).
void outlier_random_normals(uint64_t key, uint64_t first, size_t count, float *values);

/// output[i] = input[i] · scale where the number `first + i` of the sequence of uniforms is at least `rate`, else 0.
void outlier_dropout(
    uint64_t key, uint64_t first, float rate, float scale, const float *input, size_t count, float *output);
