#include "CImages.h"
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/* libjpeg's manager of errors, with the way out. */
struct manager {
    struct jpeg_error_mgr base;
    jmp_buf out;
    char *message;
};

/* A progressive file may have any number of scans, each of which goes over the whole image. */
#define LARGEST_SCANS 200

static void fail(j_common_ptr info) {
    struct manager *manager = (struct manager *)info->err;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    snprintf(manager->message, CIMAGES_MESSAGE, "%s", text);
    longjmp(manager->out, 1);
}

/* Damaged data are warnings to libjpeg, which goes on with grey; here they are errors. Oddities beside the data are let pass. */
static void warn(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION: fail(info);
    default: return;
    }
}

static void watch(j_common_ptr info) {
    if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > LARGEST_SCANS) {
        struct manager *manager = (struct manager *)info->err;
        snprintf(manager->message, CIMAGES_MESSAGE, "more than %d scans", LARGEST_SCANS);
        longjmp(manager->out, 1);
    }
}

static int look(struct jpeg_decompress_struct *info, struct cimages_size *size, char *message) {
    jpeg_read_header(info, TRUE);
    if (info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK) {
        snprintf(message, CIMAGES_MESSAGE, "four colours for print (CMYK)");
        return CIMAGES_UNSUPPORTED;
    }
    struct cimages_size found = {info->image_width, info->image_height, info->num_components == 1 ? 1 : 3};
    *size = found;
    return CIMAGES_OK;
}

static int read_rows(struct jpeg_decompress_struct *info, struct cimages_size size, uint8_t *pixels, char *message) {
    struct cimages_size found;
    int status = look(info, &found, message);
    if (status != CIMAGES_OK) return status;
    if (memcmp(&found, &size, sizeof size) != 0) {
        snprintf(message, CIMAGES_MESSAGE, "the header changed");
        return CIMAGES_DAMAGED;
    }
    info->out_color_space = size.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = pixels + (size_t)info->output_scanline * size.width * size.channels;
        jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
    return CIMAGES_OK;
}

static int run(const uint8_t *bytes, size_t count, struct cimages_size *size, uint8_t *pixels, char *message) {
    struct jpeg_decompress_struct info;
    struct manager manager;
    struct jpeg_progress_mgr progress = {0};
    memset(&info, 0, sizeof info);
    info.err = jpeg_std_error(&manager.base);
    manager.base.error_exit = fail;
    manager.base.emit_message = warn;
    manager.message = message;
    volatile int status = CIMAGES_DAMAGED;
    if (setjmp(manager.out) == 0) {
        jpeg_create_decompress(&info);
        /* 64 MB for what lies between the passes; libjpeg asks here before it allocates. */
        info.mem->max_memory_to_use = 64 << 20;
        progress.progress_monitor = watch;
        info.progress = &progress;
        jpeg_mem_src(&info, bytes, (unsigned long)count);
        status = pixels == NULL ? look(&info, size, message) : read_rows(&info, *size, pixels, message);
    }
    jpeg_destroy_decompress(&info);
    return status;
}

int cimages_jpeg_size(const uint8_t *bytes, size_t count, struct cimages_size *size, char message[CIMAGES_MESSAGE]) {
    return run(bytes, count, size, NULL, message);
}

int cimages_read_jpeg(const uint8_t *bytes, size_t count, struct cimages_size size, uint8_t *pixels, char message[CIMAGES_MESSAGE]) {
    return run(bytes, count, &size, pixels, message);
}
