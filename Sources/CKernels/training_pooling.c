#include "CKernels.h"

#include "clones.h"
#include "windows.h"

#include <math.h>
#include <string.h>

/* A window's first pixel, and the taps that meet pixels. */
typedef struct {
    int64_t y, x;
    int64_t row, row_end;
    int64_t column, column_end;
} window;

/* The first tap that is not before the first pixel, and one past the last that is not behind the last pixel. */
static inline void reach(const pare_windows *w, int axis, int64_t start, int64_t *first, int64_t *end) {
    const int64_t gap = w->dilations[axis], extent = w->input[axis];
    *first = start >= 0 ? 0 : (gap - 1 - start) / gap;
    *end = start >= extent ? 0 : pare_least(w->kernel[axis], (extent - 1 - start) / gap + 1);
}

static inline window window_at(const pare_windows *w, int64_t row, int64_t column) {
    window at = { row * w->strides[0] - w->pads_before[0], column * w->strides[1] - w->pads_before[1], 0, 0, 0, 0 };
    reach(w, 0, at.y, &at.row, &at.row_end);
    reach(w, 1, at.x, &at.column, &at.column_end);
    return at;
}

static inline int64_t pixel_of(const pare_windows *w, window at, int64_t i, int64_t j) {
    return (at.y + i * w->dilations[0]) * w->input[1] + at.x + j * w->dilations[1];
}

static void maximum_of(const pare_windows *w, const float *plane, window at, float *maximum, uint16_t *tap) {
    float most = -INFINITY;
    int64_t best = at.row * w->kernel[1] + at.column;
    for (int64_t i = at.row; i < at.row_end; i++) {
        for (int64_t j = at.column; j < at.column_end; j++) {
            const float value = plane[pixel_of(w, at, i, j)];
            if (value <= most || isnan(most)) continue;
            most = value;
            best = i * w->kernel[1] + j;
        }
    }
    *maximum = most;
    *tap = (uint16_t)best;
}

/* 2 by 2 windows: all rows of all planes follow each other. */
static inline __attribute__((always_inline)) void quarter_maxima(
    const float *restrict images, size_t rows, size_t width, float *restrict maxima, uint16_t *restrict taps) {
    for (size_t row = 0; row < rows; row++, images += 4 * width, maxima += width, taps += width) {
        const float *restrict lower = images + 2 * width;
        for (size_t x = 0; x < width; x++) {
            const float a = images[2 * x], b = images[2 * x + 1], c = lower[2 * x], d = lower[2 * x + 1];
            const float above = b > a ? b : a, below = d > c ? d : c;
            const uint32_t upper_tap = b > a ? 1 : 0, lower_tap = d > c ? 3 : 2;
            maxima[x] = below > above ? below : above;
            taps[x] = (uint16_t)(below > above ? lower_tap : upper_tap);
        }
    }
}

static inline __attribute__((always_inline)) void quarter_gradients(
    const float *restrict gradients, const uint16_t *restrict taps, size_t rows, size_t width, int accumulates,
    float *restrict images) {
    for (size_t row = 0; row < rows; row++, images += 4 * width, gradients += width, taps += width) {
        float *restrict lower = images + 2 * width;
        for (size_t x = 0; x < width; x++) {
            const uint32_t tap = taps[x];
            const float g = gradients[x];
            const float a = tap == 0 ? g : 0, b = tap == 1 ? g : 0, c = tap == 2 ? g : 0, d = tap == 3 ? g : 0;
            if (accumulates) {
                images[2 * x] += a, images[2 * x + 1] += b, lower[2 * x] += c, lower[2 * x + 1] += d;
            } else {
                images[2 * x] = a, images[2 * x + 1] = b, lower[2 * x] = c, lower[2 * x + 1] = d;
            }
        }
    }
}

PARE_CLONES
void pare_maximum_forward(const pare_windows *w, const float *images, size_t planes, float *maxima, uint16_t *taps) {
    const size_t rows = planes * (size_t)w->output[0], width = (size_t)w->output[1];
    if (pare_are_quarters(w)) {
        /* With a width that is known while compiling, short rows have no remainders. */
        switch (width) {
        case 4: return quarter_maxima(images, rows, 4, maxima, taps);
        case 12: return quarter_maxima(images, rows, 12, maxima, taps);
        default: return quarter_maxima(images, rows, width, maxima, taps);
        }
    }
    for (size_t plane = 0; plane < planes; plane++, images += w->input[0] * w->input[1]) {
        for (int64_t row = 0; row < w->output[0]; row++) {
            for (int64_t column = 0; column < w->output[1]; column++) {
                maximum_of(w, images, window_at(w, row, column), maxima++, taps++);
            }
        }
    }
}

PARE_CLONES
void pare_maximum_backward(
    const pare_windows *w, const float *gradients, const uint16_t *taps, size_t planes, int accumulates, float *images) {
    const size_t rows = planes * (size_t)w->output[0], width = (size_t)w->output[1];
    if (pare_are_quarters(w) && !accumulates && width == 4) return quarter_gradients(gradients, taps, rows, 4, 0, images);
    if (pare_are_quarters(w) && !accumulates && width == 12) return quarter_gradients(gradients, taps, rows, 12, 0, images);
    if (pare_are_quarters(w)) return quarter_gradients(gradients, taps, rows, width, accumulates, images);
    const int64_t extent = w->input[0] * w->input[1];
    if (!accumulates) memset(images, 0, planes * (size_t)extent * sizeof(float));
    for (size_t plane = 0; plane < planes; plane++, images += extent) {
        for (int64_t row = 0; row < w->output[0]; row++) {
            for (int64_t column = 0; column < w->output[1]; column++, taps++) {
                const int64_t i = *taps / w->kernel[1], j = *taps % w->kernel[1];
                const window at = { row * w->strides[0] - w->pads_before[0], column * w->strides[1] - w->pads_before[1], 0, 0, 0, 0 };
                images[pixel_of(w, at, i, j)] += *gradients++;
            }
        }
    }
}

/* What a mean divides by. What lies past the padding never counts. */
static float taps_of(const pare_windows *w, window at, int counts_padding) {
    if (!counts_padding) return (float)((at.row_end - at.row) * (at.column_end - at.column));
    int64_t count = 1;
    for (int axis = 0; axis < 2; axis++) {
        const int64_t start = axis == 0 ? at.y : at.x, gap = w->dilations[axis];
        const int64_t left = w->input[axis] + w->pads_after[axis] - start;
        count *= pare_least(w->kernel[axis], (left + gap - 1) / gap);
    }
    return (float)count;
}

PARE_CLONES
void pare_mean_forward(const pare_windows *w, const float *images, size_t planes, int counts_padding, float *means) {
    for (size_t plane = 0; plane < planes; plane++, images += w->input[0] * w->input[1]) {
        for (int64_t row = 0; row < w->output[0]; row++) {
            for (int64_t column = 0; column < w->output[1]; column++) {
                const window at = window_at(w, row, column);
                float sum = 0;
                for (int64_t i = at.row; i < at.row_end; i++) {
                    for (int64_t j = at.column; j < at.column_end; j++) sum += images[pixel_of(w, at, i, j)];
                }
                *means++ = sum / taps_of(w, at, counts_padding);
            }
        }
    }
}

PARE_CLONES
void pare_mean_backward(
    const pare_windows *w, const float *gradients, size_t planes, int counts_padding, int accumulates, float *images) {
    const int64_t extent = w->input[0] * w->input[1];
    if (!accumulates) memset(images, 0, planes * (size_t)extent * sizeof(float));
    for (size_t plane = 0; plane < planes; plane++, images += extent) {
        for (int64_t row = 0; row < w->output[0]; row++) {
            for (int64_t column = 0; column < w->output[1]; column++) {
                const window at = window_at(w, row, column);
                const float part = *gradients++ / taps_of(w, at, counts_padding);
                for (int64_t i = at.row; i < at.row_end; i++) {
                    for (int64_t j = at.column; j < at.column_end; j++) images[pixel_of(w, at, i, j)] += part;
                }
            }
        }
    }
}
