#pragma once
#include <stdint.h>

/// Vectors of eight numbers, whatever the machine's registers hold: the compiler splits them where it must.
/// Private to the kernels: the types never cross a function boundary that is not inlined.
typedef double v8d __attribute__((ext_vector_type(8)));
typedef float v8f __attribute__((ext_vector_type(8)));
typedef int64_t v8l __attribute__((ext_vector_type(8)));
typedef int32_t v8i __attribute__((ext_vector_type(8)));
typedef uint8_t v8u __attribute__((ext_vector_type(8)));
typedef double v8d_any __attribute__((ext_vector_type(8), aligned(8)));
typedef float v8f_any __attribute__((ext_vector_type(8), aligned(4)));
typedef uint8_t v8u_any __attribute__((ext_vector_type(8), aligned(1)));

#define V8_LOAD(p) (*(const v8d_any *)(p))
#define V8_STORE(p, v) (*(v8d_any *)(p) = (v))
#define V8F_LOAD(p) (*(const v8f_any *)(p))
#define V8F_STORE(p, v) (*(v8f_any *)(p) = (v))

/// x becomes exp(x), for x ≤ 0; 0 below -708. Cody and Waite's reduction and the Taylor polynomial of degree 13, whose
/// remainder on |r| ≤ ln 2 / 2 is 4e-18.
#define V8_EXP_NEGATIVE(x)                                                                                  \
    do {                                                                                                    \
        v8d x_ = (x);                                                                                       \
        v8l tiny_ = x_ < -708.0;                                                                            \
        x_ = tiny_ ? (v8d)(-708.0) : x_;                                                                    \
        v8d shifted_ = x_ * 1.4426950408889634 + 6755399441055744.0;                                        \
        v8d n_ = shifted_ - 6755399441055744.0;                                                             \
        v8d r_ = x_ - n_ * 0x1.62e42fefa0000p-1;                                                            \
        r_ = r_ - n_ * 0x1.cf79abc9e3b3ap-40;                                                               \
        v8d p_ = r_ * (1.0 / 6227020800.0) + (1.0 / 479001600.0);                                           \
        p_ = p_ * r_ + (1.0 / 39916800.0);                                                                  \
        p_ = p_ * r_ + (1.0 / 3628800.0);                                                                   \
        p_ = p_ * r_ + (1.0 / 362880.0);                                                                    \
        p_ = p_ * r_ + (1.0 / 40320.0);                                                                     \
        p_ = p_ * r_ + (1.0 / 5040.0);                                                                      \
        p_ = p_ * r_ + (1.0 / 720.0);                                                                       \
        p_ = p_ * r_ + (1.0 / 120.0);                                                                       \
        p_ = p_ * r_ + (1.0 / 24.0);                                                                        \
        p_ = p_ * r_ + (1.0 / 6.0);                                                                         \
        p_ = p_ * r_ + 0.5;                                                                                 \
        p_ = p_ * r_ + 1.0;                                                                                 \
        p_ = p_ * r_ + 1.0;                                                                                 \
        v8l bits_ = __builtin_bit_cast(v8l, p_) + (__builtin_bit_cast(v8l, shifted_) << 52);                \
        (x) = tiny_ ? (v8d)(0.0) : __builtin_bit_cast(v8d, bits_);                                          \
    } while (0)

/// The same in single precision, 0 below -87; degree 7.
#define V8F_EXP_NEGATIVE(x)                                                                                 \
    do {                                                                                                    \
        v8f x_ = (x);                                                                                       \
        v8i tiny_ = x_ < -87.0f;                                                                            \
        x_ = tiny_ ? (v8f)(-87.0f) : x_;                                                                    \
        v8f shifted_ = x_ * 1.44269504f + 12582912.0f;                                                      \
        v8f n_ = shifted_ - 12582912.0f;                                                                    \
        v8f r_ = x_ - n_ * 0x1.62e400p-1f;                                                                  \
        r_ = r_ - n_ * 0x1.7f7d1cp-20f;                                                                     \
        v8f p_ = r_ * (1.0f / 5040.0f) + (1.0f / 720.0f);                                                   \
        p_ = p_ * r_ + (1.0f / 120.0f);                                                                     \
        p_ = p_ * r_ + (1.0f / 24.0f);                                                                      \
        p_ = p_ * r_ + (1.0f / 6.0f);                                                                       \
        p_ = p_ * r_ + 0.5f;                                                                                \
        p_ = p_ * r_ + 1.0f;                                                                                \
        p_ = p_ * r_ + 1.0f;                                                                                \
        v8i bits_ = __builtin_bit_cast(v8i, p_) + (__builtin_bit_cast(v8i, shifted_) << 23);                \
        (x) = tiny_ ? (v8f)(0.0f) : __builtin_bit_cast(v8f, bits_);                                         \
    } while (0)
