#include "decoders.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
} source;

static void fail(png_structp png, png_const_charp message) {
    outlier_image *image = png_get_error_ptr(png);
    snprintf(image->reason, sizeof image->reason, "%s", message);
    longjmp(png_jmpbuf(png), 1);
}

static void be_silent(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void take(png_structp png, png_bytep target, size_t count) {
    source *from = png_get_io_ptr(png);
    if (count > from->left) { png_error(png, "the file ends too early"); }
    memcpy(target, from->bytes, count);
    from->bytes += count;
    from->left -= count;
}

int outlier_png_read(const uint8_t *bytes, size_t count, size_t most_pixels, outlier_image *image) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, image, fail, be_silent);
    if (!png) { return OUTLIER_IMAGE_NO_MEMORY; }
    png_infop info = png_create_info_struct(png);
    png_bytep *volatile rows = NULL;
    source from = {bytes, count};
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        free(rows);
        outlier_image_free(image);
        return OUTLIER_IMAGE_DAMAGED;
    }
    png_set_read_fn(png, &from, take);
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
    // Texts and profiles are not looked at, and may not take memory.
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_read_info(png, info);
    const size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if (width == 0 || height == 0 || width > most_pixels / height) {
        snprintf(image->reason, sizeof image->reason, "%zu × %zu pixels", width, height);
        png_destroy_read_struct(&png, &info, NULL);
        return OUTLIER_IMAGE_TOO_LARGE;
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    if (!(png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR)) { png_set_gray_to_rgb(png); }
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != width * 3) { png_error(png, "its pixels are of an unknown kind"); }
    image->pixels = malloc(width * height * 3);
    rows = malloc(height * sizeof(png_bytep));
    if (!image->pixels || !rows) {
        png_destroy_read_struct(&png, &info, NULL);
        free(rows);
        outlier_image_free(image);
        return OUTLIER_IMAGE_NO_MEMORY;
    }
    for (size_t y = 0; y < height; y++) { rows[y] = image->pixels + y * width * 3; }
    png_read_image(png, rows);
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    image->width = width;
    image->height = height;
    image->orientation = 1;
    return OUTLIER_IMAGE_READ;
}

uint8_t *outlier_image_write_png(
    const void *pixels, size_t width, size_t height, int channels, int bits, size_t *count) {
    png_image picture = {0};
    picture.version = PNG_IMAGE_VERSION;
    if (width == 0 || height == 0 || width > 0x7FFFFFFF || height > 0x7FFFFFFF) { return NULL; }
    picture.width = (png_uint_32)width;
    picture.height = (png_uint_32)height;
    if (bits == 16 && channels == 1) {
        picture.format = PNG_FORMAT_LINEAR_Y;
    } else if (bits == 8 && channels == 1) {
        picture.format = PNG_FORMAT_GRAY;
    } else if (bits == 8 && channels == 3) {
        picture.format = PNG_FORMAT_RGB;
    } else if (bits == 8 && channels == 4) {
        picture.format = PNG_FORMAT_RGBA;
    } else {
        return NULL;
    }
    png_alloc_size_t size = 0;
    if (!png_image_write_to_memory(&picture, NULL, &size, 0, pixels, 0, NULL)) { return NULL; }
    uint8_t *bytes = malloc(size);
    if (bytes && !png_image_write_to_memory(&picture, bytes, &size, 0, pixels, 0, NULL)) {
        free(bytes);
        return NULL;
    }
    *count = size;
    return bytes;
}
