#include "resizing.h"
#include "kernels.h"

#include <string.h>

// Rows are summed up first: that is done for whole vectors, and leaves less for the sums across.
OUTLIER_CLONES
void outlier_resize(
    const uint8_t *pixels, size_t width, const outlier_resizing_window *down, const float *down_weights, size_t rows,
    const outlier_resizing_window *across, const float *across_weights, size_t columns, float scale, float *scratch,
    float *result) {
    const size_t length = 3 * width;
    for (size_t row = 0; row < rows; row++, result += 3 * columns) {
        memset(scratch, 0, length * sizeof(float));
        for (size_t tap = 0; tap < down[row].count; tap++) {
            const float weight = down_weights[down[row].offset + tap] * scale;
            const uint8_t *source = pixels + (down[row].first + tap) * length;
            for (size_t place = 0; place < length; place++) { scratch[place] += weight * (float)source[place]; }
        }
        for (size_t column = 0; column < columns; column++) {
            float red = 0, green = 0, blue = 0;
            const float *source = scratch + 3 * across[column].first;
            const float *weights = across_weights + across[column].offset;
            for (size_t tap = 0; tap < across[column].count; tap++, source += 3) {
                red += weights[tap] * source[0];
                green += weights[tap] * source[1];
                blue += weights[tap] * source[2];
            }
            result[3 * column] = red;
            result[3 * column + 1] = green;
            result[3 * column + 2] = blue;
        }
    }
}
