#pragma once
#include "image_decoding.h"

int outlier_jpeg_read(const uint8_t *bytes, size_t count, size_t most_pixels, outlier_image *image);
int outlier_png_read(const uint8_t *bytes, size_t count, size_t most_pixels, outlier_image *image);
