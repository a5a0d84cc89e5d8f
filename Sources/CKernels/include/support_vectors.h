#pragma once
#include <stdint.h>

/// Kernel functions of support vector machines, between rows and points that lie in panels.
///
/// A panel holds `OUTLIER_SV_LANES` points, column by column: the first coordinate of every point, then the second,
/// and so on. The last panel is filled up with zeros. Each lane adds up its own sum in the order of the columns, so a
/// value depends on its row and its point alone.
#define OUTLIER_SV_LANES 32

enum outlier_sv_kind {
    OUTLIER_SV_RBF = 0,      // exp(-gamma |x - y|²)
    OUTLIER_SV_LINEAR = 1,   // x · y
    OUTLIER_SV_POLY = 2,     // (gamma x · y + coef0)^degree
    OUTLIER_SV_SIGMOID = 3,  // tanh(gamma x · y + coef0)
};

typedef struct {
    int32_t kind;
    int32_t degree;
    double gamma;
    double coef0;
} outlier_sv_kernel;

/// Puts `count` rows, found at `rows[order[i] * columns]`, or at `rows[i * columns]` where `order` is null, into panels.
void outlier_sv_pack(
    const double *_Nonnull rows, const int32_t *_Nullable order, int64_t count, int64_t columns,
    double *_Nonnull panels);

/// The kernel between one row and every point, rounded to `float` (the exponential itself is computed in `float`, to
/// about 2e-7). `out` has room for `panel_count * OUTLIER_SV_LANES` values.
void outlier_sv_row(
    const outlier_sv_kernel *_Nonnull kernel, const double *_Nonnull panels, int64_t panel_count, int64_t columns,
    const double *_Nonnull row, float *_Nonnull out);

/// For each of `count` rows the sum over all points of weight × kernel, in `double`. Exponentials are within 4 units
/// in the last place; below exp(-708) they are 0. `weights` has `panel_count * OUTLIER_SV_LANES` values, 0 where a
/// panel is filled up.
void outlier_sv_weighted_sums(
    const outlier_sv_kernel *_Nonnull kernel, const double *_Nonnull panels, const double *_Nonnull weights,
    int64_t panel_count, int64_t columns, const double *_Nonnull rows, int64_t count, double *_Nonnull out);
