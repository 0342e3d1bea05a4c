#ifndef CIMAGES_H
#define CIMAGES_H

#include <stddef.h>
#include <stdint.h>

/* A bridge to libpng and libjpeg-turbo: both leave by longjmp where a file is damaged, which Swift must never see. */

/* Bytes of a message with its final 0. */
#define CIMAGES_MESSAGE 200

enum cimages_status {
    CIMAGES_OK = 0,
    /* The bytes contradict the format or end early. */
    CIMAGES_DAMAGED = 1,
    /* A variant that is not read: CMYK, 12 bits. */
    CIMAGES_UNSUPPORTED = 2,
};

/* Size in pixels, and 1 channel (grey) or 3 (red, green, blue) as `cimages_read_…` writes them. */
struct cimages_size {
    uint32_t width, height, channels;
};

/* Reads the header alone. `message` takes why it was refused. */
int cimages_png_size(const uint8_t *bytes, size_t count, struct cimages_size *size, char message[CIMAGES_MESSAGE]);
int cimages_jpeg_size(const uint8_t *bytes, size_t count, struct cimages_size *size, char message[CIMAGES_MESSAGE]);

/* Decodes to height · width · channels bytes, row by row; `size` is what the header gave. Palettes are looked up, 16 bits become 8, transparency is
   dropped, YCbCr becomes RGB. */
int cimages_read_png(const uint8_t *bytes, size_t count, struct cimages_size size, uint8_t *pixels, char message[CIMAGES_MESSAGE]);
int cimages_read_jpeg(const uint8_t *bytes, size_t count, struct cimages_size size, uint8_t *pixels, char message[CIMAGES_MESSAGE]);

/* Resizes [height, width, channels] bytes along one axis to `target` pixels, by a triangle that is as wide as the reduction asks for (bilinear with antialias, as
   Pillow and torchvision do it): horizontally from rows of `width` pixels, or vertically. Returns 0, or 1 where there is no memory for the weights. */
int cimages_resize_rows(const uint8_t *source, size_t height, size_t width, size_t channels, size_t target, uint8_t *pixels);
int cimages_resize_columns(const uint8_t *source, size_t height, size_t width, size_t channels, size_t target, uint8_t *pixels);

#endif
