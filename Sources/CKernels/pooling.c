#include "CKernels.h"

#include "clones.h"

#include <string.h>

/* Eight lanes at any address of a float. */
typedef float eight __attribute__((vector_size(32), aligned(4)));

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The first tap that is not before the first pixel, for a window that starts at `start`. */
static inline int64_t first_tap(int64_t start, int64_t dilation) { return start >= 0 ? 0 : (dilation - 1 - start) / dilation; }

/* One past the last tap that is not behind the last pixel. */
static inline int64_t end_tap(int64_t start, int64_t dilation, int64_t kernel, int64_t extent) {
    return start >= extent ? 0 : least(kernel, (extent - 1 - start) / dilation + 1);
}

/* One row of windows: output[x][lane] for x < columns, from the rows [first, end) of the window. */
static inline __attribute__((always_inline)) void pool_row(
    const pare_max_pooling *p, const float *plane, int64_t y, float *output, const int lanes) {
    const int64_t first = first_tap(y, p->dilations[0]);
    const int64_t end = end_tap(y, p->dilations[0], p->kernel[0], p->input[0]);
    for (int64_t column = 0; column < p->output[1]; column++) {
        const int64_t x = column * p->strides[1] - p->pads[1];
        const int64_t left = first_tap(x, p->dilations[1]);
        const int64_t right = end_tap(x, p->dilations[1], p->kernel[1], p->input[1]);
        float largest[16];
        memcpy(largest, plane + ((y + first * p->dilations[0]) * p->input[1] + x + left * p->dilations[1]) * lanes,
               (size_t)lanes * sizeof(float));
        for (int64_t i = first; i < end; i++) {
            const float *row = plane + (y + i * p->dilations[0]) * p->input[1] * lanes;
            for (int64_t j = left; j < right; j++) {
                const float *pixel = row + (x + j * p->dilations[1]) * lanes;
                for (int lane = 0; lane < lanes; lane++) largest[lane] = pixel[lane] > largest[lane] ? pixel[lane] : largest[lane];
            }
        }
        memcpy(output + column * lanes, largest, (size_t)lanes * sizeof(float));
    }
}

/* The window of most networks, 2 by 2 without padding, without loops over taps. */
static inline __attribute__((always_inline)) void pool_row_of_pairs(
    const pare_max_pooling *p, const float *plane, int64_t y, float *restrict output, const int lanes) {
    const float *restrict upper = plane + y * p->input[1] * lanes;
    const float *restrict lower = upper + p->input[1] * lanes;
    const int64_t columns = p->output[1], step = p->strides[1] * lanes;
    for (int64_t column = 0; column < columns; column++) {
        const int64_t x = column * step;
        for (int lane = 0; lane < lanes; lane += 8) {
            const eight a = *(const eight *)(upper + x + lane), b = *(const eight *)(upper + x + lanes + lane);
            const eight c = *(const eight *)(lower + x + lane), d = *(const eight *)(lower + x + lanes + lane);
            const eight above = __builtin_elementwise_max(a, b), below = __builtin_elementwise_max(c, d);
            *(eight *)(output + column * lanes + lane) = __builtin_elementwise_max(above, below);
        }
    }
}

static inline __attribute__((always_inline)) void pool_planes(
    const pare_max_pooling *p, size_t first, size_t last, const int lanes) {
    const int is_pairs = p->kernel[0] == 2 && p->kernel[1] == 2 && p->dilations[0] == 1 && p->dilations[1] == 1
        && p->pads[0] == 0 && p->pads[1] == 0 && (p->output[0] - 1) * p->strides[0] + 2 <= p->input[0]
        && (p->output[1] - 1) * p->strides[1] + 2 <= p->input[1];
    for (size_t plane = first; plane < last; plane++) {
        const float *source = p->source + plane * (size_t)(p->input[0] * p->input[1]) * (size_t)lanes;
        float *target = p->destination + plane * (size_t)(p->output[0] * p->output[1]) * (size_t)lanes;
        for (int64_t row = 0; row < p->output[0]; row++) {
            const int64_t y = row * p->strides[0] - p->pads[0];
            float *output = target + row * p->output[1] * lanes;
            if (is_pairs) pool_row_of_pairs(p, source, y, output, lanes);
            else pool_row(p, source, y, output, lanes);
        }
    }
}

PARE_CLONES
void pare_max_pool_8(const pare_max_pooling *pooling, size_t first, size_t last) { pool_planes(pooling, first, last, 8); }

PARE_CLONES
void pare_max_pool_16(const pare_max_pooling *pooling, size_t first, size_t last) { pool_planes(pooling, first, last, 16); }
