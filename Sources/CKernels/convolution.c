#include "CKernels.h"
#include "clones.h"

/* A convolution whose lanes are eight pixels of a row. No lane is lost to a number of filters that is no multiple of eight, and
   the 2 by 2 windows lie in the registers when the sums are done. A tile is two rows of eight sums for a block of filters: for
   each tap two loads of pixels and one broadcast a filter feed two multiplications each. */

typedef float eight __attribute__((vector_size(32), aligned(4)));
typedef float four __attribute__((vector_size(16), aligned(4)));

enum { MOST_FILTERS = 6, TILE = 8 };

/* One tile: weights [channels, kernel rows, kernel columns, filters], four maxima a filter. */
static inline __attribute__((always_inline)) void convolve_tile(
    const pare_pooled_convolution *p, const float *pixels, const float *weights, const float *bias, float *pooled,
    const int filters, const int64_t columns
) {
    /* Only AVX2 and later are asked for it, and they all have the fused multiplication. */
#pragma clang fp contract(fast)
    eight upper[MOST_FILTERS] = {0}, lower[MOST_FILTERS] = {0};
    const int64_t width = p->input[1];
    for (int64_t channel = 0; channel < p->channels; channel++) {
        const float *plane = pixels + channel * p->input[0] * width;
        for (int64_t i = 0; i < p->kernel[0]; i++, plane += width)
            for (int64_t j = 0; j < columns; j++, weights += filters) {
                const eight above = *(const eight *)(plane + j), below = *(const eight *)(plane + width + j);
                for (int filter = 0; filter < filters; filter++) {
                    const float w = weights[filter];
                    const eight weight = {w, w, w, w, w, w, w, w};
                    upper[filter] += above * weight;
                    lower[filter] += below * weight;
                }
            }
    }
    const int64_t area = (p->input[0] - p->kernel[0] + 1) / 2 * ((width - p->kernel[1] + 1) / 2);
    for (int filter = 0; filter < filters; filter++) {
        const eight largest = __builtin_elementwise_max(upper[filter], lower[filter]);
        const four even = __builtin_shufflevector(largest, largest, 0, 2, 4, 6);
        const four odd = __builtin_shufflevector(largest, largest, 1, 3, 5, 7);
        const float shift = bias ? bias[filter] : 0;
        four result = __builtin_elementwise_max(even, odd) + shift;
        if (p->relu) result = __builtin_elementwise_max(result, (four){0});
        *(four *)(pooled + filter * area) = result;
    }
}

/* One image and one block of filters, tile by tile; the last tile of a row is moved back to end with it. */
static inline __attribute__((always_inline)) void convolve_block(
    const pare_pooled_convolution *p, const float *image, const float *weights, const float *bias, float *pooled,
    const int filters, const int64_t columns
) {
    const int64_t height = p->input[0] - p->kernel[0] + 1, width = p->input[1] - p->kernel[1] + 1;
    for (int64_t y = 0; y < height; y += 2)
        for (int64_t next = 0; next < width; next += TILE) {
            const int64_t x = next + TILE <= width ? next : width - TILE;
            const float *pixels = image + y * p->input[1] + x;
            convolve_tile(p, pixels, weights, bias, pooled + y / 2 * (width / 2) + x / 2, filters, columns);
        }
}

static inline __attribute__((always_inline)) void convolve_images(
    const pare_pooled_convolution *p, size_t first, size_t last, const int filters, const int64_t columns
) {
    const int64_t pixels = p->channels * p->input[0] * p->input[1], taps = p->channels * p->kernel[0] * p->kernel[1];
    const int64_t area = (p->input[0] - p->kernel[0] + 1) / 2 * ((p->input[1] - p->kernel[1] + 1) / 2);
    for (size_t image = first; image < last; image++)
        for (int64_t filter = 0; filter < p->filters; filter += filters) {
            float *pooled = p->destination + ((int64_t)image * p->filters + filter) * area;
            const float *bias = p->bias ? p->bias + filter : 0;
            convolve_block(
                p, p->source + (int64_t)image * pixels, p->weights + filter * taps, bias, pooled, filters, columns);
        }
}

/* With sizes that are known while compiling, the sums stay in registers. */
static inline __attribute__((always_inline)) void convolve_columns(
    const pare_pooled_convolution *p, size_t first, size_t last, const int filters
) {
    switch (p->kernel[1]) {
    case 3: return convolve_images(p, first, last, filters, 3);
    case 5: return convolve_images(p, first, last, filters, 5);
    default: return convolve_images(p, first, last, filters, p->kernel[1]);
    }
}

int pare_filter_block(int64_t filters) {
    for (int block = MOST_FILTERS; block >= 4; block--) if (filters % block == 0) return block;
    return 0;
}

PARE_CLONES
void pare_convolve_and_pool(const pare_pooled_convolution *convolution, size_t first, size_t last) {
    switch (pare_filter_block(convolution->filters)) {
    case 4: return convolve_columns(convolution, first, last, 4);
    case 5: return convolve_columns(convolution, first, last, 5);
    case 6: return convolve_columns(convolution, first, last, 6);
    }
}
