#include "decoders.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/// More scans than any camera or program writes, each of which may take as long as the whole picture.
enum { most_scans = 200 };

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf failed;
    outlier_image *image;
    int warning;
} errors;

static void fail(j_common_ptr info) {
    errors *state = (errors *)info->err;
    char text[JMSG_LENGTH_MAX];
    state->manager.format_message(info, text);
    snprintf(state->image->reason, sizeof state->image->reason, "%s", text);
    longjmp(state->failed, 1);
}

/// A picture that ends too early, or whose codes make no sense, would be filled up with grey in silence.
static void notice(j_common_ptr info, int level) {
    errors *state = (errors *)info->err;
    if (level >= 0) { return; }
    switch (state->manager.msg_code) {
        case JWRN_JPEG_EOF:
        case JWRN_HIT_MARKER:
        case JWRN_HUFF_BAD_CODE:
        case JWRN_MUST_RESYNC:
        case JWRN_BOGUS_PROGRESSION: fail(info);
        default: break;
    }
}

static void be_silent(j_common_ptr info) { (void)info; }

static void limit_scans(j_common_ptr info) {
    const j_decompress_ptr picture = (j_decompress_ptr)info;
    if (picture->input_scan_number <= most_scans) { return; }
    errors *state = (errors *)info->err;
    snprintf(state->image->reason, sizeof state->image->reason, "it has more than %d scans", most_scans);
    longjmp(state->failed, 1);
}

static unsigned number(const uint8_t *bytes, int count, int little) {
    unsigned value = 0;
    for (int index = 0; index < count; index++) { value = value << 8 | bytes[little ? count - 1 - index : index]; }
    return value;
}

/// The orientation in an EXIF block, or 1.
static int orientation(const uint8_t *block, size_t count) {
    if (count < 14 || memcmp(block, "Exif\0\0", 6) != 0) { return 1; }
    const uint8_t *tiff = block + 6;
    const size_t length = count - 6;
    const int little = tiff[0] == 'I';
    const size_t directory = number(tiff + 4, 4, little);
    if (directory > length - 2) { return 1; }
    const size_t entries = number(tiff + directory, 2, little);
    for (size_t index = 0; index < entries; index++) {
        const size_t place = directory + 2 + 12 * index;
        if (place + 12 > length) { return 1; }
        if (number(tiff + place, 2, little) != 0x0112) { continue; }
        const unsigned value = number(tiff + place + 8, 2, little);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

/// Four inks become three lights, in place of a row; Adobe's inks are inverted.
static void mix(const uint8_t *inks, uint8_t *lights, size_t width, int inverted) {
    for (size_t x = 0; x < width; x++) {
        const int black = inverted ? inks[4 * x + 3] : 255 - inks[4 * x + 3];
        for (int c = 0; c < 3; c++) {
            const int ink = inverted ? inks[4 * x + c] : 255 - inks[4 * x + c];
            lights[3 * x + c] = (uint8_t)((ink * black + 127) / 255);
        }
    }
}

int outlier_jpeg_read(const uint8_t *bytes, size_t count, size_t most_pixels, outlier_image *image) {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress = {0};
    errors state = {0};
    uint8_t *volatile row = NULL;
    state.image = image;
    info.err = jpeg_std_error(&state.manager);
    state.manager.error_exit = fail;
    state.manager.emit_message = notice;
    state.manager.output_message = be_silent;
    if (setjmp(state.failed)) {
        jpeg_destroy_decompress(&info);
        free(row);
        outlier_image_free(image);
        return OUTLIER_IMAGE_DAMAGED;
    }
    jpeg_create_decompress(&info);
    progress.progress_monitor = limit_scans;
    info.progress = &progress;
    jpeg_mem_src(&info, bytes, (unsigned long)count);
    jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&info, TRUE);
    const size_t width = info.image_width, height = info.image_height;
    if (width == 0 || height == 0 || width > most_pixels / height) {
        snprintf(image->reason, sizeof image->reason, "%zu × %zu pixels", width, height);
        jpeg_destroy_decompress(&info);
        return OUTLIER_IMAGE_TOO_LARGE;
    }
    image->orientation = 1;
    for (jpeg_saved_marker_ptr marker = info.marker_list; marker; marker = marker->next) {
        const int found = orientation(marker->data, marker->data_length);
        if (found != 1) { image->orientation = found; }
    }
    const int has_inks = info.num_components == 4;
    info.out_color_space = has_inks ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&info);
    image->pixels = malloc(width * height * 3);
    row = has_inks ? malloc(width * 4) : NULL;
    if (!image->pixels || (has_inks && !row)) {
        jpeg_destroy_decompress(&info);
        free(row);
        outlier_image_free(image);
        return OUTLIER_IMAGE_NO_MEMORY;
    }
    while (info.output_scanline < height) {
        uint8_t *target = image->pixels + (size_t)info.output_scanline * width * 3;
        JSAMPROW rows[1] = {has_inks ? row : target};
        jpeg_read_scanlines(&info, rows, 1);
        if (has_inks) { mix(row, target, width, info.saw_Adobe_marker); }
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    free(row);
    image->width = width;
    image->height = height;
    return OUTLIER_IMAGE_READ;
}
