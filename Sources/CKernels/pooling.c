#include "CKernels.h"

#include "clones.h"

#include <math.h>
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

/* One window: output[lane] is the largest of the pixels at the taps [rows, row_end) x [columns, column_end), `lanes` floats apart. */
static inline __attribute__((always_inline)) void pool_window(
    const pare_max_pooling *p, const float *plane, int64_t y, int64_t x, float *restrict output, const int64_t lanes) {
    const int64_t row_end = end_tap(y, p->dilations[0], p->kernel[0], p->input[0]);
    const int64_t column = first_tap(x, p->dilations[1]);
    const int64_t column_end = end_tap(x, p->dilations[1], p->kernel[1], p->input[1]);
    int is_first = 1;
    for (int64_t i = first_tap(y, p->dilations[0]); i < row_end; i++) {
        const float *row = plane + ((y + i * p->dilations[0]) * p->input[1] + x) * lanes;
        for (int64_t j = column; j < column_end; j++) {
            const float *restrict pixel = row + j * p->dilations[1] * lanes;
            if (is_first) memcpy(output, pixel, (size_t)lanes * sizeof(float));
            else for (int64_t lane = 0; lane < lanes; lane++) output[lane] = pixel[lane] > output[lane] ? pixel[lane] : output[lane];
            is_first = 0;
        }
    }
}

/* The window of most networks, 2 by 2 without padding, eight lanes at a time. */
static inline __attribute__((always_inline)) void pool_row_of_pairs(
    const pare_max_pooling *p, const float *plane, int64_t y, float *restrict output, const int64_t lanes) {
    const float *restrict upper = plane + y * p->input[1] * lanes;
    const float *restrict lower = upper + p->input[1] * lanes;
    const int64_t columns = p->output[1], step = p->strides[1] * lanes;
    for (int64_t column = 0; column < columns; column++, upper += step, lower += step, output += lanes) {
        int64_t lane = 0;
        for (; lane + 8 <= lanes; lane += 8) {
            const eight a = *(const eight *)(upper + lane), b = *(const eight *)(upper + lanes + lane);
            const eight c = *(const eight *)(lower + lane), d = *(const eight *)(lower + lanes + lane);
            const eight above = __builtin_elementwise_max(a, b), below = __builtin_elementwise_max(c, d);
            *(eight *)(output + lane) = __builtin_elementwise_max(above, below);
        }
        for (; lane < lanes; lane++) {
            const float above = fmaxf(upper[lane], upper[lanes + lane]), below = fmaxf(lower[lane], lower[lanes + lane]);
            output[lane] = fmaxf(above, below);
        }
    }
}

static inline __attribute__((always_inline)) void pool_planes(
    const pare_max_pooling *p, size_t first, size_t last, const int64_t lanes) {
    const int is_pairs = p->kernel[0] == 2 && p->kernel[1] == 2 && p->dilations[0] == 1 && p->dilations[1] == 1
        && p->pads[0] == 0 && p->pads[1] == 0 && (p->output[0] - 1) * p->strides[0] + 2 <= p->input[0]
        && (p->output[1] - 1) * p->strides[1] + 2 <= p->input[1];
    for (size_t plane = first; plane < last; plane++) {
        const float *source = p->source + plane * (size_t)(p->input[0] * p->input[1] * lanes);
        float *target = p->destination + plane * (size_t)(p->output[0] * p->output[1] * lanes);
        for (int64_t row = 0; row < p->output[0]; row++) {
            const int64_t y = row * p->strides[0] - p->pads[0];
            float *output = target + row * p->output[1] * lanes;
            if (is_pairs) {
                pool_row_of_pairs(p, source, y, output, lanes);
                continue;
            }
            for (int64_t column = 0; column < p->output[1]; column++) {
                pool_window(p, source, y, column * p->strides[1] - p->pads[1], output + column * lanes, lanes);
            }
        }
    }
}

/* With a number of lanes that is known while compiling, the loops over lanes disappear. */
PARE_CLONES
void pare_max_pool(const pare_max_pooling *pooling, size_t first, size_t last) {
    switch (pooling->lanes) {
    case 8: return pool_planes(pooling, first, last, 8);
    case 16: return pool_planes(pooling, first, last, 16);
    default: return pool_planes(pooling, first, last, pooling->lanes);
    }
}
