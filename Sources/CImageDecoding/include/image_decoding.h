#pragma once
#include <stddef.h>
#include <stdint.h>

enum outlier_image_status {
    OUTLIER_IMAGE_READ = 0,
    OUTLIER_IMAGE_UNKNOWN_FORMAT = 1,
    OUTLIER_IMAGE_TOO_LARGE = 2,
    OUTLIER_IMAGE_DAMAGED = 3,
    OUTLIER_IMAGE_NO_MEMORY = 4,
};

typedef struct {
    /// height × width × 3, red, green, blue; freed by `outlier_image_free`.
    uint8_t *pixels;
    size_t width, height;
    /// EXIF's number, 1 for an upright picture.
    int orientation;
    /// Why it was not read.
    char reason[256];
} outlier_image;

/// Reads a JPEG or PNG picture, recognised by its first bytes. Grey becomes three equal numbers, 16 bits become 8, what is
/// transparent loses its transparency, CMYK becomes RGB. A picture of more than `most_pixels` is refused before memory is taken
/// for it, a truncated one is damaged.
int outlier_image_read(const uint8_t *bytes, size_t count, size_t most_pixels, outlier_image *image);

void outlier_image_free(outlier_image *image);

/// Writes a PNG of 8 bits (1, 3 or 4 numbers a pixel) or, of one number a pixel, of 16 bits in the machine's order. Returns
/// the bytes, which `outlier_image_free_bytes` frees, or null.
uint8_t *outlier_image_write_png(
    const void *pixels, size_t width, size_t height, int channels, int bits, size_t *count);

void outlier_image_free_bytes(uint8_t *bytes);
