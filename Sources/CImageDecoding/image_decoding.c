#include "decoders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int outlier_image_read(const uint8_t *bytes, size_t count, size_t most_pixels, outlier_image *image) {
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    memset(image, 0, sizeof *image);
    if (count >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF) {
        return outlier_jpeg_read(bytes, count, most_pixels, image);
    }
    if (count >= sizeof png && memcmp(bytes, png, sizeof png) == 0) {
        return outlier_png_read(bytes, count, most_pixels, image);
    }
    return OUTLIER_IMAGE_UNKNOWN_FORMAT;
}

void outlier_image_free(outlier_image *image) {
    free(image->pixels);
    image->pixels = NULL;
}

void outlier_image_free_bytes(uint8_t *bytes) { free(bytes); }
