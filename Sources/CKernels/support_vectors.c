#include "support_vectors.h"

#include "kernels.h"
#include "vectors.h"

#define LANES OUTLIER_SV_LANES

void outlier_sv_pack(const double *rows, const int32_t *order, int64_t count, int64_t columns, double *panels) {
    for (int64_t start = 0; start < count; start += LANES) {
        double *panel = panels + start * columns;
        int64_t filled = count - start < LANES ? count - start : LANES;
        for (int64_t lane = 0; lane < filled; lane++) {
            int64_t index = order ? order[start + lane] : start + lane;
            const double *row = rows + index * columns;
            for (int64_t k = 0; k < columns; k++) panel[k * LANES + lane] = row[k];
        }
        for (int64_t lane = filled; lane < LANES; lane++) {
            for (int64_t k = 0; k < columns; k++) panel[k * LANES + lane] = 0;
        }
    }
}

/// Calls `ACCUMULATE(acc, x, y)` for four accumulators of eight lanes over all columns.
#define EACH_COLUMN(ACCUMULATE, x0, x1, x2, x3, y0, y1, y2, y3)  \
    for (int64_t k = 0; k < columns; k++) {                      \
        ACCUMULATE(a0, x0, y0);                                  \
        ACCUMULATE(a1, x1, y1);                                  \
        ACCUMULATE(a2, x2, y2);                                  \
        ACCUMULATE(a3, x3, y3);                                  \
    }

#define ADD_SQUARE(acc, x, y)     \
    do {                          \
        v8d difference = (y) - (x); \
        acc += difference * difference; \
    } while (0)
#define ADD_PRODUCT(acc, x, y) acc += (y) * (x)

/// tanh in terms of exp(-2|x|); within 1e-15 of the truth.
#define TANH(x)                                                    \
    do {                                                           \
        v8d z = (x);                                               \
        v8d size = z < 0.0 ? -z : z;                               \
        v8d e = -2.0 * size;                                       \
        V8_EXP_NEGATIVE(e);                                        \
        v8d t = (1.0 - e) / (1.0 + e);                             \
        (x) = z < 0.0 ? -t : t;                                    \
    } while (0)

#define POWER(x)                                                                   \
    do {                                                                           \
        v8d base = (x);                                                            \
        v8d power = (v8d)(1.0);                                                    \
        for (int32_t exponent = kernel->degree; exponent > 0; exponent >>= 1) {    \
            if (exponent & 1) power *= base;                                       \
            base *= base;                                                          \
        }                                                                          \
        (x) = power;                                                               \
    } while (0)

/// From x · y to the kernel, for the four accumulators.
#define TRANSFORM_PRODUCTS                           \
    if (kernel->kind == OUTLIER_SV_POLY) {           \
        a0 = gamma * a0 + coef0;                     \
        a1 = gamma * a1 + coef0;                     \
        a2 = gamma * a2 + coef0;                     \
        a3 = gamma * a3 + coef0;                     \
        POWER(a0);                                   \
        POWER(a1);                                   \
        POWER(a2);                                   \
        POWER(a3);                                   \
    } else if (kernel->kind == OUTLIER_SV_SIGMOID) { \
        a0 = gamma * a0 + coef0;                     \
        a1 = gamma * a1 + coef0;                     \
        a2 = gamma * a2 + coef0;                     \
        a3 = gamma * a3 + coef0;                     \
        TANH(a0);                                    \
        TANH(a1);                                    \
        TANH(a2);                                    \
        TANH(a3);                                    \
    }

OUTLIER_CLONES
void outlier_sv_row(
    const outlier_sv_kernel *kernel, const double *panels, int64_t panel_count, int64_t columns, const double *row,
    float *out
) {
    _Pragma("clang fp contract(fast)")
    const double gamma = kernel->gamma, coef0 = kernel->coef0;
    for (int64_t index = 0; index < panel_count; index++) {
        const double *panel = panels + index * columns * LANES;
        float *target = out + index * LANES;
        v8d a0 = (v8d)(0.0), a1 = a0, a2 = a0, a3 = a0;
#define X row[k]
#define Y(part) V8_LOAD(panel + k * LANES + part * 8)
        if (kernel->kind == OUTLIER_SV_RBF) {
            EACH_COLUMN(ADD_SQUARE, X, X, X, X, Y(0), Y(1), Y(2), Y(3))
#define FINISH(acc, part)                                              \
    do {                                                               \
        v8d exponent = -gamma * acc;                                   \
        exponent = exponent < -100.0 ? (v8d)(-100.0) : exponent;       \
        v8f value = __builtin_convertvector(exponent, v8f);            \
        V8F_EXP_NEGATIVE(value);                                       \
        V8F_STORE(target + part * 8, value);                           \
    } while (0)
            FINISH(a0, 0);
            FINISH(a1, 1);
            FINISH(a2, 2);
            FINISH(a3, 3);
#undef FINISH
            continue;
        }
        EACH_COLUMN(ADD_PRODUCT, X, X, X, X, Y(0), Y(1), Y(2), Y(3))
        TRANSFORM_PRODUCTS
        V8F_STORE(target, __builtin_convertvector(a0, v8f));
        V8F_STORE(target + 8, __builtin_convertvector(a1, v8f));
        V8F_STORE(target + 16, __builtin_convertvector(a2, v8f));
        V8F_STORE(target + 24, __builtin_convertvector(a3, v8f));
#undef X
#undef Y
    }
}

/// Adds the points of some panels to the sums of four rows at once, so that each load of a panel serves four.
OUTLIER_CLONES
static void add_panels(
    const outlier_sv_kernel *kernel, const double *panels, const double *weights, int64_t panel_count, int64_t columns,
    const double *const rows[4], double sums[4][8]
) {
    _Pragma("clang fp contract(fast)")
    const double gamma = kernel->gamma, coef0 = kernel->coef0;
    const double *row0 = rows[0], *row1 = rows[1], *row2 = rows[2], *row3 = rows[3];
    v8d s0 = V8_LOAD(sums[0]), s1 = V8_LOAD(sums[1]), s2 = V8_LOAD(sums[2]), s3 = V8_LOAD(sums[3]);
    for (int64_t index = 0; index < panel_count * (LANES / 8); index++) {
        const double *panel = panels + (index / (LANES / 8)) * columns * LANES + (index % (LANES / 8)) * 8;
        v8d weight = V8_LOAD(weights + index * 8);
        v8d a0 = (v8d)(0.0), a1 = a0, a2 = a0, a3 = a0;
#define Y V8_LOAD(panel + k * LANES)
        if (kernel->kind == OUTLIER_SV_RBF) {
            EACH_COLUMN(ADD_SQUARE, row0[k], row1[k], row2[k], row3[k], Y, Y, Y, Y)
            a0 = -gamma * a0;
            a1 = -gamma * a1;
            a2 = -gamma * a2;
            a3 = -gamma * a3;
            V8_EXP_NEGATIVE(a0);
            V8_EXP_NEGATIVE(a1);
            V8_EXP_NEGATIVE(a2);
            V8_EXP_NEGATIVE(a3);
        } else {
            EACH_COLUMN(ADD_PRODUCT, row0[k], row1[k], row2[k], row3[k], Y, Y, Y, Y)
            TRANSFORM_PRODUCTS
        }
#undef Y
        s0 += weight * a0;
        s1 += weight * a1;
        s2 += weight * a2;
        s3 += weight * a3;
    }
    V8_STORE(sums[0], s0);
    V8_STORE(sums[1], s1);
    V8_STORE(sums[2], s2);
    V8_STORE(sums[3], s3);
}

/// Rows whose sums are kept at once, and bytes of panels that stay in the cache while they are all served.
#define ROWS_AT_ONCE 64
#define CHUNK_BYTES 262144

void outlier_sv_weighted_sums(
    const outlier_sv_kernel *kernel, const double *panels, const double *weights, int64_t panel_count, int64_t columns,
    const double *rows, int64_t count, double *out
) {
    int64_t panel_bytes = columns * LANES * (int64_t)sizeof(double);
    int64_t chunk = panel_bytes < CHUNK_BYTES ? CHUNK_BYTES / panel_bytes : 1;
    for (int64_t start = 0; start < count; start += ROWS_AT_ONCE) {
        int64_t group_rows = count - start < ROWS_AT_ONCE ? count - start : ROWS_AT_ONCE;
        double sums[ROWS_AT_ONCE][8] = {{0}};
        for (int64_t first = 0; first < panel_count; first += chunk) {
            int64_t some = panel_count - first < chunk ? panel_count - first : chunk;
            for (int64_t i = 0; i < group_rows; i += 4) {
                // The last row stands in for those that are not there, so that one code computes every row.
                const double *group[4];
                for (int64_t j = 0; j < 4; j++) {
                    int64_t index = i + j < group_rows ? i + j : group_rows - 1;
                    group[j] = rows + (start + index) * columns;
                }
                add_panels(
                    kernel, panels + first * columns * LANES, weights + first * LANES, some, columns, group, sums + i);
            }
        }
        for (int64_t i = 0; i < group_rows; i++) {
            const double *s = sums[i];
            out[start + i] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
        }
    }
}
