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

OUTLIER_CLONES void outlier_add_row(double *sum, const double *row, size_t columns) {
    for (size_t column = 0; column < columns; column += 1) sum[column] += row[column];
}
