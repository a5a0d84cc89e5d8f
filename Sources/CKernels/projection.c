#include "projection.h"
#include "kernels.h"

#include <string.h>

// Vectors of the compiler's own kind: it splits them into registers of whatever width the clone has.
typedef double Lanes __attribute__((vector_size(64)));
typedef double UnalignedLanes __attribute__((vector_size(64), aligned(8)));

_Static_assert(sizeof(Lanes) == OUTLIER_PANEL_WIDTH * sizeof(double), "a panel is as wide as a vector");

void outlier_pack_panels(const double *matrix, size_t depth, size_t width, double *panels) {
    for (size_t first = 0; first < width; first += OUTLIER_PANEL_WIDTH) {
        size_t filled = width - first < OUTLIER_PANEL_WIDTH ? width - first : OUTLIER_PANEL_WIDTH;
        for (size_t row = 0; row < depth; row++) {
            memcpy(panels, matrix + row * width + first, filled * sizeof(double));
            if (filled < OUTLIER_PANEL_WIDTH) {
                memset(panels + filled, 0, (OUTLIER_PANEL_WIDTH - filled) * sizeof(double));
            }
            panels += OUTLIER_PANEL_WIDTH;
        }
    }
}

// A tile that has fewer rows than OUTLIER_ROW_TILE is filled with copies of its last row: the arithmetic of a row is
// the same in a full tile and in a part of one.
#define TILE(body)                                                                                                     \
    for (size_t start = 0; start < count; start += OUTLIER_ROW_TILE) {                                                 \
        size_t filled = count - start < OUTLIER_ROW_TILE ? count - start : OUTLIER_ROW_TILE;                           \
        for (size_t slot = 0; slot < OUTLIER_ROW_TILE; slot++) {                                                       \
            const size_t source = (start + (slot < filled ? slot : filled - 1)) * depth;                               \
            for (size_t index = 0; index < depth; index++) {                                                           \
                body                                                                                                   \
            }                                                                                                          \
        }

OUTLIER_CLONES
void outlier_project_rows(const double *rows, size_t count, size_t depth, const double *centers, const double *scales,
                          const double *panels, size_t width, double *scratch, double *out) {
#pragma clang fp contract(fast)
    TILE({
        double value = rows[source + index];
        if (centers) { value -= centers[index]; }
        if (scales) { value /= scales[index]; }
        scratch[slot * depth + index] = value;
    })
        const double *panel = panels;
        for (size_t first = 0; first < width; first += OUTLIER_PANEL_WIDTH, panel += depth * OUTLIER_PANEL_WIDTH) {
            Lanes sums[OUTLIER_ROW_TILE] = {{0}};
            for (size_t index = 0; index < depth; index++) {
                const Lanes column = *(const UnalignedLanes *)(panel + index * OUTLIER_PANEL_WIDTH);
                for (size_t slot = 0; slot < OUTLIER_ROW_TILE; slot++) {
                    sums[slot] += column * scratch[slot * depth + index];
                }
            }
            const size_t columns = width - first < OUTLIER_PANEL_WIDTH ? width - first : OUTLIER_PANEL_WIDTH;
            for (size_t slot = 0; slot < filled; slot++) {
                memcpy(out + (start + slot) * width + first, &sums[slot], columns * sizeof(double));
            }
        }
    }
}

OUTLIER_CLONES
void outlier_projected_squares(const double *rows, size_t count, size_t depth, const double *centers,
                               const double *scales, const double *panels, size_t width, const double *weights,
                               double *scratch, double *out) {
#pragma clang fp contract(fast)
    TILE({
        double value = rows[source + index];
        if (centers) { value -= centers[index]; }
        if (scales) { value /= scales[index]; }
        scratch[slot * depth + index] = value;
    })
        const double *panel = panels;
        Lanes totals[OUTLIER_ROW_TILE] = {{0}};
        for (size_t first = 0; first < width; first += OUTLIER_PANEL_WIDTH, panel += depth * OUTLIER_PANEL_WIDTH) {
            Lanes sums[OUTLIER_ROW_TILE] = {{0}};
            for (size_t index = 0; index < depth; index++) {
                const Lanes column = *(const UnalignedLanes *)(panel + index * OUTLIER_PANEL_WIDTH);
                for (size_t slot = 0; slot < OUTLIER_ROW_TILE; slot++) {
                    sums[slot] += column * scratch[slot * depth + index];
                }
            }
            Lanes weight = {1, 1, 1, 1, 1, 1, 1, 1};
            if (weights) {
                const size_t columns = width - first < OUTLIER_PANEL_WIDTH ? width - first : OUTLIER_PANEL_WIDTH;
                for (size_t lane = 0; lane < columns; lane++) { weight[lane] = weights[first + lane]; }
            }
            for (size_t slot = 0; slot < OUTLIER_ROW_TILE; slot++) {
                totals[slot] += sums[slot] * sums[slot] * weight;
            }
        }
        for (size_t slot = 0; slot < filled; slot++) {
            const Lanes sum = totals[slot];
            out[start + slot] = ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
        }
    }
}

OUTLIER_CLONES
void outlier_row_distances(const double *rows, size_t count, size_t depth, const double *panels, size_t width,
                           double *scratch, double *out) {
#pragma clang fp contract(fast)
    TILE({ scratch[index * OUTLIER_ROW_TILE + slot] = rows[source + index]; })
        const double *panel = panels;
        for (size_t first = 0; first < width; first += OUTLIER_PANEL_WIDTH, panel += depth * OUTLIER_PANEL_WIDTH) {
            Lanes sums[OUTLIER_ROW_TILE] = {{0}};
            for (size_t index = 0; index < depth; index++) {
                const Lanes column = *(const UnalignedLanes *)(panel + index * OUTLIER_PANEL_WIDTH);
                for (size_t slot = 0; slot < OUTLIER_ROW_TILE; slot++) {
                    const Lanes difference = column - scratch[index * OUTLIER_ROW_TILE + slot];
                    sums[slot] += difference * difference;
                }
            }
            const size_t columns = width - first < OUTLIER_PANEL_WIDTH ? width - first : OUTLIER_PANEL_WIDTH;
            for (size_t slot = 0; slot < filled; slot++) {
                memcpy(out + (start + slot) * width + first, &sums[slot], columns * sizeof(double));
            }
        }
    }
}
