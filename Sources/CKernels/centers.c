#include "centers.h"

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

OUTLIER_CLONES void outlier_add_labelled_rows(
    double *sums, const double *rows, size_t count, size_t columns, const int32_t *labels) {
    for (size_t row = 0; row < count; row += 1) {
        double *restrict sum = sums + (size_t)labels[row] * columns;
        const double *restrict values = rows + row * columns;
        for (size_t column = 0; column < columns; column += 1) sum[column] += values[column];
    }
}
