#pragma once
#include <stddef.h>

/// How many columns a panel holds.
#define OUTLIER_PANEL_WIDTH 8
/// How many rows are worked on at once.
#define OUTLIER_ROW_TILE 6

/// Packs a matrix of `depth` × `width`, row-major, into panels of OUTLIER_PANEL_WIDTH columns, the last filled with
/// zeros: panel p holds, for each of the `depth` rows, the columns 8p…8p+7.
void outlier_pack_panels(const double *matrix, size_t depth, size_t width, double *panels);

/// out (count × width) = (rows − centers) / scales × matrix. `centers` and `scales` may be NULL.
///
/// Each element adds up its `depth` products one after the other, whatever `count` is and wherever the row stands:
/// so a row's result has the same bits in every batch. `scratch` holds OUTLIER_ROW_TILE × `depth` numbers.
void outlier_project_rows(const double *rows, size_t count, size_t depth, const double *centers, const double *scales,
                          const double *panels, size_t width, double *scratch, double *out);

/// out (count) = Σ_j weights[j] · (((row − centers) / scales) × matrix)_j² for each row. `centers`, `scales` and `weights`
/// may be NULL. The same promise about bits.
void outlier_projected_squares(const double *rows, size_t count, size_t depth, const double *centers,
                               const double *scales, const double *panels, size_t width, const double *weights,
                               double *scratch, double *out);

/// out (count × width) = squared Euclidean distances between rows and the `width` points that `panels` hold as columns.
/// The same promise about bits.
void outlier_row_distances(const double *rows, size_t count, size_t depth, const double *panels, size_t width,
                           double *scratch, double *out);
