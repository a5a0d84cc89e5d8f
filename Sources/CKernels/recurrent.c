#include "recurrent.h"
#include "kernels.h"
#include "vectors.h"

#include <string.h>

/// x becomes 1 / (1 + exp(-x)); exact to a few units in the last place.
#define V8F_SIGMOID(x)                                                                                                 \
    do {                                                                                                               \
        const v8f s_ = (x);                                                                                            \
        const v8i negative_ = s_ < 0.0f;                                                                               \
        v8f e_ = negative_ ? s_ : -s_;                                                                                 \
        V8F_EXP_NEGATIVE(e_);                                                                                          \
        const v8f inverse_ = 1.0f / (1.0f + e_);                                                                       \
        (x) = negative_ ? e_ * inverse_ : inverse_;                                                                    \
    } while (0)

/// x becomes tanh(x); near 0 by its series, so that small values keep their relative precision.
#define V8F_TANH(x)                                                                                                    \
    do {                                                                                                               \
        const v8f t_ = (x);                                                                                            \
        const v8i below_ = t_ < 0.0f;                                                                                  \
        v8f a_ = below_ ? -t_ : t_;                                                                                    \
        v8f power_ = -2.0f * a_;                                                                                       \
        V8F_EXP_NEGATIVE(power_);                                                                                      \
        v8f large_ = (1.0f - power_) / (1.0f + power_);                                                                \
        const v8f square_ = a_ * a_;                                                                                   \
        v8f small_ = square_ * (-17.0f / 315.0f) + (2.0f / 15.0f);                                                     \
        small_ = small_ * square_ + (-1.0f / 3.0f);                                                                    \
        small_ = small_ * square_ * a_ + a_;                                                                           \
        const v8i near_ = a_ < 0.125f;                                                                                 \
        large_ = near_ ? small_ : large_;                                                                              \
        (x) = below_ ? -large_ : large_;                                                                               \
    } while (0)

// The loops below go over the units of a row eight at a time; the rest of a row goes through small buffers, so that an
// element's result does not depend on its place.
#define LANES 8
#define LOAD(name, pointer)                                                                                            \
    v8f name = {0};                                                                                                    \
    if (full) { name = V8F_LOAD((pointer) + unit); } else { memcpy(&name, (pointer) + unit, bytes); }
#define STORE(pointer, name)                                                                                           \
    if (full) { V8F_STORE((pointer) + unit, name); } else { memcpy((pointer) + unit, &name, bytes); }
#define FOR_UNITS                                                                                                      \
    for (size_t unit = 0, bytes = 0, full = 0; full = unit + LANES <= h, bytes = (full ? LANES : h - unit) * 4, unit < h; unit += LANES)

OUTLIER_CLONES
void outlier_lstm_step(float *gates, size_t gate_stride, const float *previous_cell, float *cell, float *squashed,
                       float *hidden, size_t state_stride, size_t rows, size_t h) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < rows; row++) {
        float *input_gates = gates + row * gate_stride, *forget_gates = input_gates + h;
        float *new_values = forget_gates + h, *output_gates = new_values + h;
        const size_t place = row * state_stride;
        FOR_UNITS {
            LOAD(i, input_gates)
            LOAD(f, forget_gates)
            LOAD(g, new_values)
            LOAD(o, output_gates)
            V8F_SIGMOID(i);
            V8F_SIGMOID(f);
            V8F_TANH(g);
            V8F_SIGMOID(o);
            v8f c = i * g;
            if (previous_cell) {
                LOAD(before, previous_cell + place)
                c += f * before;
            }
            v8f s = c;
            V8F_TANH(s);
            const v8f out = o * s;
            STORE(input_gates, i)
            STORE(forget_gates, f)
            STORE(new_values, g)
            STORE(output_gates, o)
            STORE(cell + place, c)
            STORE(squashed + place, s)
            STORE(hidden + place, out)
        }
    }
}

OUTLIER_CLONES
void outlier_lstm_step_gradient(float *gates, size_t gate_stride, const float *previous_cell, const float *squashed,
                                size_t state_stride, const float *hidden_gradient, size_t gradient_stride,
                                const float *carried_gradient, float *cell_gradient, size_t rows, size_t h) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < rows; row++) {
        float *input_gates = gates + row * gate_stride, *forget_gates = input_gates + h;
        float *new_values = forget_gates + h, *output_gates = new_values + h;
        const size_t place = row * state_stride;
        FOR_UNITS {
            LOAD(i, input_gates)
            LOAD(f, forget_gates)
            LOAD(g, new_values)
            LOAD(o, output_gates)
            LOAD(s, squashed + place)
            LOAD(dh, carried_gradient + row * h)
            LOAD(dc, cell_gradient + row * h)
            if (hidden_gradient) {
                LOAD(given, hidden_gradient + row * gradient_stride)
                dh += given;
            }
            dc += dh * o * (1.0f - s * s);
            v8f before = {0};
            if (previous_cell) {
                LOAD(stored, previous_cell + place)
                before = stored;
            }
            const v8f di = dc * g * i * (1.0f - i);
            const v8f df = dc * before * f * (1.0f - f);
            const v8f dg = dc * i * (1.0f - g * g);
            const v8f output = dh * s * o * (1.0f - o);
            const v8f earlier = dc * f;
            STORE(input_gates, di)
            STORE(forget_gates, df)
            STORE(new_values, dg)
            STORE(output_gates, output)
            STORE(cell_gradient + row * h, earlier)
        }
    }
}

OUTLIER_CLONES
void outlier_gru_step(float *input, const float *recurrent, size_t gate_stride, const float *previous, float *hidden,
                      size_t state_stride, size_t rows, size_t h) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < rows; row++) {
        float *reset_gates = input + row * gate_stride, *update_gates = reset_gates + h, *new_values = update_gates + h;
        const float *reset_part = recurrent + row * gate_stride, *update_part = reset_part + h;
        const float *new_part = update_part + h;
        const size_t place = row * state_stride;
        FOR_UNITS {
            LOAD(r, reset_gates)
            LOAD(z, update_gates)
            LOAD(n, new_values)
            LOAD(rh, reset_part)
            LOAD(zh, update_part)
            LOAD(nh, new_part)
            r += rh;
            z += zh;
            V8F_SIGMOID(r);
            V8F_SIGMOID(z);
            n += r * nh;
            V8F_TANH(n);
            v8f out = (1.0f - z) * n;
            if (previous) {
                LOAD(before, previous + place)
                out += z * before;
            }
            STORE(reset_gates, r)
            STORE(update_gates, z)
            STORE(new_values, n)
            STORE(hidden + place, out)
        }
    }
}

OUTLIER_CLONES
void outlier_gru_step_gradient(float *gates, float *recurrent, size_t gate_stride, const float *previous,
                               size_t state_stride, const float *hidden_gradient, size_t gradient_stride,
                               float *carried_gradient, size_t rows, size_t h) {
#pragma clang fp contract(fast)
    for (size_t row = 0; row < rows; row++) {
        float *reset_gates = gates + row * gate_stride, *update_gates = reset_gates + h, *new_values = update_gates + h;
        float *reset_part = recurrent + row * gate_stride, *update_part = reset_part + h, *new_part = update_part + h;
        FOR_UNITS {
            LOAD(r, reset_gates)
            LOAD(z, update_gates)
            LOAD(n, new_values)
            LOAD(nh, new_part)
            LOAD(dh, carried_gradient + row * h)
            if (hidden_gradient) {
                LOAD(given, hidden_gradient + row * gradient_stride)
                dh += given;
            }
            v8f before = {0};
            if (previous) {
                LOAD(stored, previous + row * state_stride)
                before = stored;
            }
            const v8f dn = dh * (1.0f - z) * (1.0f - n * n);
            const v8f dz = dh * (before - n) * z * (1.0f - z);
            const v8f dr = dn * nh * r * (1.0f - r);
            const v8f part = dn * r;
            const v8f direct = dh * z;
            STORE(reset_gates, dr)
            STORE(update_gates, dz)
            STORE(new_values, dn)
            STORE(reset_part, dr)
            STORE(update_part, dz)
            STORE(new_part, part)
            STORE(carried_gradient + row * h, direct)
        }
    }
}
