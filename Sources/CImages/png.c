#include "CImages.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

struct source {
    const uint8_t *bytes;
    size_t count, position;
    char *message;
};

static void take(png_structp png, png_bytep target, size_t count) {
    struct source *source = png_get_io_ptr(png);
    if (count > source->count - source->position) png_error(png, "the file ends early");
    memcpy(target, source->bytes + source->position, count);
    source->position += count;
}

static void fail(png_structp png, png_const_charp text) {
    struct source *source = png_get_error_ptr(png);
    snprintf(source->message, CIMAGES_MESSAGE, "%s", text);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

/* What is asked of libpng in one visit to a file. */
struct visit {
    struct source source;
    png_structp png;
    png_infop info;
    struct cimages_size *size;
    uint8_t *pixels;
};

static void expand(struct visit *visit) {
    png_set_expand(visit->png);
    png_set_scale_16(visit->png);
    png_set_strip_alpha(visit->png);
}

static void read_rows(struct visit *visit, struct cimages_size wanted) {
    int passes = png_set_interlace_handling(visit->png);
    png_read_update_info(visit->png, visit->info);
    size_t row = (size_t)wanted.width * wanted.channels;
    if (png_get_rowbytes(visit->png, visit->info) != row) png_error(visit->png, "the rows have another length than the header says");
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < wanted.height; y++) png_read_row(visit->png, visit->pixels + y * row, NULL);
    }
    png_read_end(visit->png, NULL);
}

static void look(struct visit *visit) {
    png_read_info(visit->png, visit->info);
    struct cimages_size found = {png_get_image_width(visit->png, visit->info), png_get_image_height(visit->png, visit->info),
                                 png_get_color_type(visit->png, visit->info) & PNG_COLOR_MASK_COLOR ? 3 : 1};
    if (visit->pixels == NULL) {
        *visit->size = found;
        return;
    }
    if (memcmp(&found, visit->size, sizeof found) != 0) png_error(visit->png, "the header changed");
    expand(visit);
    read_rows(visit, found);
}

static int run(struct visit *visit) {
    visit->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &visit->source, fail, ignore);
    visit->info = visit->png == NULL ? NULL : png_create_info_struct(visit->png);
    if (visit->info == NULL) {
        snprintf(visit->source.message, CIMAGES_MESSAGE, "no memory for libpng");
        png_destroy_read_struct(&visit->png, NULL, NULL);
        return CIMAGES_DAMAGED;
    }
    int status = CIMAGES_DAMAGED;
    if (setjmp(png_jmpbuf(visit->png)) == 0) {
        png_set_read_fn(visit->png, &visit->source, take);
        png_set_user_limits(visit->png, 1 << 16, 1 << 16);
        look(visit);
        status = CIMAGES_OK;
    }
    png_destroy_read_struct(&visit->png, &visit->info, NULL);
    return status;
}

int cimages_png_size(const uint8_t *bytes, size_t count, struct cimages_size *size, char message[CIMAGES_MESSAGE]) {
    struct visit visit = {{bytes, count, 0, message}, NULL, NULL, size, NULL};
    return run(&visit);
}

int cimages_read_png(const uint8_t *bytes, size_t count, struct cimages_size size, uint8_t *pixels, char message[CIMAGES_MESSAGE]) {
    struct visit visit = {{bytes, count, 0, message}, NULL, NULL, &size, pixels};
    return run(&visit);
}
