#include "centers.h"

#include <math.h>

#include "kernels.h"

enum { LANES = OUTLIER_CENTER_LANES, ROWS = 4 };

typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));

OUTLIER_CLONES void outlier_center_distances(
    const double *rows, size_t count, size_t columns, const double *centers, double *distances) {
#pragma clang fp contract(off)
    size_t row = 0;
    // Four rows at once hide the latency of the sums; each is added up as it would be alone.
    for (; row + ROWS <= count; row += ROWS) {
        lanes sums[ROWS] = {0};
        for (size_t column = 0; column < columns; column += 1) {
            lanes center = *(const lanes *)(centers + column * LANES);
            for (int part = 0; part < ROWS; part += 1) {
                lanes difference = rows[(row + (size_t)part) * columns + column] - center;
                sums[part] += difference * difference;
            }
        }
        for (int part = 0; part < ROWS; part += 1) *(lanes *)(distances + (row + (size_t)part) * LANES) = sums[part];
    }
    for (; row < count; row += 1) {
        lanes sum = {0};
        for (size_t column = 0; column < columns; column += 1) {
            lanes difference = rows[row * columns + column] - *(const lanes *)(centers + column * LANES);
            sum += difference * difference;
        }
        *(lanes *)(distances + row * LANES) = sum;
    }
}

OUTLIER_CLONES void outlier_nearest_centers(
    const double *rows, size_t count, size_t columns, const double *tiles, size_t centers, int32_t *labels,
    double *squares) {
    enum { BLOCK = 64 };
    double distances[BLOCK * LANES];
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t block = count - start < BLOCK ? count - start : BLOCK;
        for (size_t first = 0; first < centers; first += LANES) {
            size_t width = centers - first < LANES ? centers - first : LANES;
            outlier_center_distances(rows + start * columns, block, columns, tiles + first * columns, distances);
            for (size_t row = 0; row < block; row += 1) {
                const double *candidates = distances + row * LANES;
                double best = first == 0 ? candidates[0] : squares[start + row];
                int32_t label = first == 0 ? 0 : labels[start + row];
                for (size_t lane = 0; lane < width; lane += 1) {
                    int nearer = candidates[lane] < best;
                    best = nearer ? candidates[lane] : best;
                    label = nearer ? (int32_t)(first + lane) : label;
                }
                squares[start + row] = best;
                labels[start + row] = label;
            }
        }
    }
}

/// The nearest centres of up to ROWS rows that need not lie side by side.
static inline __attribute__((always_inline)) void assign(
    const double *rows, size_t columns, const size_t *indices, size_t count, const double *tiles, size_t centers,
    int32_t *labels, double *upper, double *lower) {
#pragma clang fp contract(off)
    const double *values[ROWS];
    double best[ROWS], second[ROWS];
    int32_t label[ROWS];
    for (size_t part = 0; part < ROWS; part += 1) {
        values[part] = rows + indices[part < count ? part : 0] * columns;
        best[part] = INFINITY;
        second[part] = INFINITY;
        label[part] = 0;
    }
    for (size_t first = 0; first < centers; first += LANES) {
        const double *tile = tiles + first * columns;
        lanes sums[ROWS] = {0};
        for (size_t column = 0; column < columns; column += 1) {
            lanes center = *(const lanes *)(tile + column * LANES);
            for (int part = 0; part < ROWS; part += 1) {
                lanes difference = values[part][column] - center;
                sums[part] += difference * difference;
            }
        }
        size_t width = centers - first < LANES ? centers - first : LANES;
        for (int part = 0; part < ROWS; part += 1) {
            for (size_t lane = 0; lane < width; lane += 1) {
                double square = sums[part][lane];
                int nearer = square < best[part];
                double loser = nearer ? best[part] : square;
                second[part] = loser < second[part] ? loser : second[part];
                best[part] = nearer ? square : best[part];
                label[part] = nearer ? (int32_t)(first + lane) : label[part];
            }
        }
    }
    for (size_t part = 0; part < count; part += 1) {
        labels[indices[part]] = label[part];
        upper[indices[part]] = sqrt(best[part]);
        lower[indices[part]] = sqrt(second[part]);
    }
}

OUTLIER_CLONES void outlier_reassign_rows(
    const double *rows, size_t count, size_t columns, const double *tiles, size_t centers,
    const struct outlier_center_moves *moves, int32_t *labels, double *upper, double *lower) {
    // What rounding may have taken from the bounds in many rounds.
    const double caution = 1 + 1e-10;
    size_t waiting[ROWS];
    size_t waiting_count = 0;
    for (size_t row = 0; row < count; row += 1) {
        int32_t label = labels[row];
        upper[row] += moves->moves[label];
        lower[row] -= label == moves->farthest ? moves->second_longest : moves->longest;
        double bound = lower[row] > moves->margins[label] ? lower[row] : moves->margins[label];
        if (upper[row] * caution < bound) continue;
        waiting[waiting_count] = row;
        waiting_count += 1;
        if (waiting_count < ROWS) continue;
        assign(rows, columns, waiting, ROWS, tiles, centers, labels, upper, lower);
        waiting_count = 0;
    }
    if (waiting_count > 0) assign(rows, columns, waiting, waiting_count, tiles, centers, labels, upper, lower);
}

OUTLIER_CLONES void outlier_add_labelled_rows(
    double *sums, const double *rows, size_t count, size_t columns, const int32_t *labels) {
    for (size_t row = 0; row < count; row += 1) {
        double *restrict sum = sums + (size_t)labels[row] * columns;
        const double *restrict values = rows + row * columns;
        for (size_t column = 0; column < columns; column += 1) sum[column] += values[column];
    }
}
