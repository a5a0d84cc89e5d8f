#include "inference.h"
#include "kernels.h"

// Vectors of the compiler's own kind: it splits them into registers of whatever width the clone has.
typedef float Lanes __attribute__((ext_vector_type(16)));
typedef float UnalignedLanes __attribute__((ext_vector_type(16), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define LANES OUTLIER_CHANNEL_LANES
#define LOAD(p) (*(const UnalignedLanes *)(p))
#define STORE(p, v) (*(UnalignedLanes *)(p) = (v))

// Comparisons keep NaN, so that broken weights are seen. A macro: vectors do not cross a function boundary.
#define ACTIVATE(value, activation)                                                                          \
    do {                                                                                                     \
        if ((activation) != OUTLIER_INFERENCE_LINEAR) { value = value < 0 ? (Lanes)(0.0f) : value; }         \
        if ((activation) == OUTLIER_INFERENCE_RELU6) { value = value > 6 ? (Lanes)(6.0f) : value; }          \
    } while (0)

/// PIXELS neighbours of one row × VECTORS · 16 outputs, accumulated in registers. Where the channels of a pixel have no
/// padding, the pixels of a window's row follow each other, and are summed up as one long pixel.
INLINE void tile(
    const outlier_inference_task *task, size_t y, size_t x, size_t channel, const float *weights, size_t panel,
    size_t taps, size_t depth, const size_t PIXELS, const size_t VECTORS) {
#pragma clang fp contract(fast)
    const size_t step = task->stride * task->input_pixel_stride;
    const float *window = task->input + y * task->stride * task->input_row_stride + x * step;
    Lanes sums[8][2];
    UNROLL for (size_t v = 0; v < VECTORS; v++) {
        const Lanes bias = LOAD(task->bias + channel + v * LANES);
        UNROLL for (size_t p = 0; p < PIXELS; p++) { sums[p][v] = bias; }
    }
    for (size_t row = 0; row < task->kernel_height; row++, window += task->input_row_stride) {
        const float *pixel = window;
        for (size_t tap = 0; tap < taps; tap++, pixel += task->input_pixel_stride) {
            for (size_t k = 0; k < depth; k++, weights += panel) {
                Lanes factor[2];
                UNROLL for (size_t v = 0; v < VECTORS; v++) { factor[v] = LOAD(weights + v * LANES); }
                UNROLL for (size_t p = 0; p < PIXELS; p++) {
                    const float value = pixel[p * step + k];
                    UNROLL for (size_t v = 0; v < VECTORS; v++) { sums[p][v] += value * factor[v]; }
                }
            }
        }
    }
    float *output = task->output + y * task->output_row_stride + x * task->output_pixel_stride + channel;
    const float *residual =
        task->residual ? task->residual + y * task->residual_row_stride + x * task->output_pixel_stride + channel : 0;
    UNROLL for (size_t p = 0; p < PIXELS; p++) {
        UNROLL for (size_t v = 0; v < VECTORS; v++) {
            Lanes value = sums[p][v];
            const size_t place = p * task->output_pixel_stride + v * LANES;
            if (residual) { value += LOAD(residual + place); }
            ACTIVATE(value, task->activation);
            STORE(output + place, value);
        }
    }
}

#define TILE(PIXELS)                                                                       \
    case PIXELS: tile(task, y, x, channel, weights, panel, taps, depth, PIXELS, VECTORS); break;

INLINE void row_of_tiles(
    const outlier_inference_task *task, size_t y, size_t channel, const float *weights, size_t panel, size_t taps,
    size_t depth, const size_t MOST, const size_t VECTORS) {
    const size_t width = task->output_width;
    // As even as it goes: a row of 14 is two tiles of 7, not one of 8 and one of 6.
    const size_t tiles = (width + MOST - 1) / MOST;
    for (size_t index = 0, x = 0; index < tiles; index++) {
        const size_t pixels = (width - x + (tiles - index) - 1) / (tiles - index);
        if (MOST == 8) {
            switch (pixels) { TILE(8) TILE(7) TILE(6) TILE(5) TILE(4) TILE(3) TILE(2) TILE(1) }
        } else {
            switch (pixels) { TILE(6) TILE(5) TILE(4) TILE(3) TILE(2) TILE(1) }
        }
        x += pixels;
    }
}

/// Tiles of up to MOST pixels and VECTORS vectors: as many sums as there are registers for.
INLINE void convolution(
    const outlier_inference_task *task, size_t first, size_t last, const size_t MOST, const size_t VECTORS) {
    const size_t window = task->kernel_height * task->kernel_width * task->depth;
    const int follows = task->input_pixel_stride == task->depth;
    const size_t taps = follows ? 1 : task->kernel_width;
    const size_t depth = follows ? task->kernel_width * task->depth : task->depth;
    const float *weights = task->weights;
    for (size_t channel = 0; channel < task->output_channels;) {
        const size_t left = task->output_channels - channel;
        const size_t panel = left < OUTLIER_CHANNEL_PANEL ? left : OUTLIER_CHANNEL_PANEL;
        if (VECTORS * LANES <= panel) {
            for (size_t part = 0; part < panel; part += VECTORS * LANES) {
                for (size_t y = first; y < last; y++) {
                    row_of_tiles(task, y, channel + part, weights + part, panel, taps, depth, MOST, VECTORS);
                }
            }
        } else {
            for (size_t y = first; y < last; y++) {
                row_of_tiles(task, y, channel, weights, panel, taps, depth, MOST, 1);
            }
        }
        channel += panel;
        weights += window * panel;
    }
}

// Sixteen registers of eight numbers hold 6 × 16 sums, 32 of sixteen hold 8 × 32. Either way a sum runs in the same order.
OUTLIER_CLONES
static void convolution_in_few_registers(const outlier_inference_task *task, size_t first, size_t last) {
    convolution(task, first, last, 6, 1);
}

#if defined(__x86_64__) && !defined(OUTLIER_SANITIZED)
__attribute__((target("arch=x86-64-v4")))
static void convolution_in_many_registers(const outlier_inference_task *task, size_t first, size_t last) {
    convolution(task, first, last, 8, 2);
}
#endif

void outlier_inference_convolution(const outlier_inference_task *task, size_t first, size_t last) {
#if defined(__x86_64__) && !defined(OUTLIER_SANITIZED)
    if (__builtin_cpu_supports("x86-64-v4")) {
        convolution_in_many_registers(task, first, last);
        return;
    }
#endif
    convolution_in_few_registers(task, first, last);
}

/// PIXELS neighbours × 16 channels.
INLINE void depthwise_tile(
    const outlier_inference_task *task, size_t y, size_t x, size_t channel, const size_t PIXELS) {
#pragma clang fp contract(fast)
    const size_t step = task->stride * task->input_pixel_stride;
    const float *window = task->input + y * task->stride * task->input_row_stride + x * step + channel;
    const float *weights = task->weights + channel;
    Lanes sums[8];
    UNROLL for (size_t p = 0; p < PIXELS; p++) { sums[p] = LOAD(task->bias + channel); }
    for (size_t row = 0; row < task->kernel_height; row++, window += task->input_row_stride) {
        const float *pixel = window;
        for (size_t tap = 0; tap < task->kernel_width; tap++) {
            const Lanes factor = LOAD(weights);
            UNROLL for (size_t p = 0; p < PIXELS; p++) { sums[p] += LOAD(pixel + p * step) * factor; }
            pixel += task->input_pixel_stride;
            weights += task->output_channels;
        }
    }
    float *output = task->output + y * task->output_row_stride + x * task->output_pixel_stride + channel;
    UNROLL for (size_t p = 0; p < PIXELS; p++) {
        ACTIVATE(sums[p], task->activation);
        STORE(output + p * task->output_pixel_stride, sums[p]);
    }
}

OUTLIER_CLONES
void outlier_inference_depthwise(const outlier_inference_task *task, size_t first, size_t last) {
    for (size_t y = first; y < last; y++) {
        for (size_t channel = 0; channel < task->output_channels; channel += LANES) {
            size_t x = 0;
            for (; x + 6 <= task->output_width; x += 6) { depthwise_tile(task, y, x, channel, 6); }
            if (x + 4 <= task->output_width) { depthwise_tile(task, y, x, channel, 4), x += 4; }
            if (x + 2 <= task->output_width) { depthwise_tile(task, y, x, channel, 2), x += 2; }
            for (; x < task->output_width; x++) { depthwise_tile(task, y, x, channel, 1); }
        }
    }
}

OUTLIER_CLONES
void outlier_inference_max_pooling(const outlier_inference_task *task, size_t first, size_t last) {
    for (size_t y = first; y < last; y++) {
        for (size_t x = 0; x < task->output_width; x++) {
            const float *corner = task->input + y * task->stride * task->input_row_stride
                + x * task->stride * task->input_pixel_stride;
            float *output = task->output + y * task->output_row_stride + x * task->output_pixel_stride;
            for (size_t channel = 0; channel < task->output_channels; channel += LANES) {
                Lanes largest = LOAD(corner + channel);
                for (size_t row = 0; row < task->kernel_height; row++) {
                    for (size_t tap = 0; tap < task->kernel_width; tap++) {
                        const Lanes value = LOAD(
                            corner + row * task->input_row_stride + tap * task->input_pixel_stride + channel);
                        // NaN goes on, so that broken weights are seen.
                        largest = value > largest || value != value ? value : largest;
                    }
                }
                STORE(output + channel, largest);
            }
        }
    }
}
