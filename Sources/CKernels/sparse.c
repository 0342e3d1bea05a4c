#include "CKernels.h"
#include "clones.h"
#include "windows.h"

#include <fenv.h>
#include <string.h>

typedef float eight __attribute__((vector_size(32), aligned(32)));
typedef float sixteen __attribute__((vector_size(64), aligned(64)));
typedef int32_t eight_words __attribute__((vector_size(32), aligned(32)));
typedef int32_t sixteen_words __attribute__((vector_size(64), aligned(64)));

#define LANES 8
#define LANE eight
#define WORD eight_words
#define NAME(x) x##_of_8
#include "sparse_tile.h"
#undef LANES
#undef LANE
#undef WORD
#undef NAME
#define LANES 16
#define LANE sixteen
#define WORD sixteen_words
#define NAME(x) x##_of_16
#include "sparse_tile.h"

/* Bytes that a part of a packed tile should have at most: most of a cache of the first level. And those of a group of tiles, of the second. */
enum { PART_BYTES = 24 * 1024, GROUP_BYTES = 384 * 1024, MOST_TILES = 4 };
/* Bytes that a packed part of a product's rows should have at most. */
enum { PRODUCT_BYTES = 48 * 1024 };

/* Channels that are asked for before they are packed. */
enum { AHEAD = 4 };

/* How a packed tile lies: [channels][row phases][rows][column phases][columns]. A phase is what a stride leaves of a position, so that
   neighbouring outputs always read neighbours. */
typedef struct {
    int64_t phases[2];
    int64_t extent[2];
    int64_t row;     /* floats from row to row of one phase */
    int64_t channel; /* floats from channel to channel */
} packing;

static inline packing packing_of(const pare_sparse_convolution *p) {
    packing packing;
    for (int axis = 0; axis < 2; axis++) {
        const int64_t reach = (p->kernel[axis] - 1) * p->dilations[axis], stride = p->strides[axis];
        packing.phases[axis] = pare_least(stride, reach + 1);
        packing.extent[axis] = p->tile[axis] + reach / stride;
    }
    packing.row = packing.phases[1] * packing.extent[1] * p->lanes;
    packing.channel = packing.phases[0] * packing.extent[0] * packing.row;
    return packing;
}

static inline int64_t quotient(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* The widest row of a tile: one register is for the weight. */
static inline int64_t most_outputs(int64_t lanes) { return lanes == 16 ? 28 : 14; }

/* Wide tiles come in few widths. */
static inline int64_t tile_width(int64_t width) { return width <= 14 ? width : width <= 20 ? 20 : width <= 24 ? 24 : 28; }

void pare_sparse_tile(pare_sparse_convolution *p) {
    const int64_t most = most_outputs(p->lanes), width = p->output[1];
    const int64_t equal = quotient(width, quotient(width, most));
    p->tile[1] = pare_least(width, equal > 14 ? tile_width(equal) : equal);
    if (p->tile[1] > 14 && tile_width(p->tile[1]) != p->tile[1]) p->tile[1] = 14;
    int64_t rows = 1;
    if (width == p->tile[1] && width >= 3 && width <= 14)
        for (int64_t more = 2; more <= 4; more += 1 + (more == 2)) if (more * width <= most) rows = more;
    p->tile[0] = pare_least(rows, p->output[0] >= 4 ? 4 : p->output[0] >= 2 ? 2 : 1);
    const packing packing = packing_of(p);
    p->part = p->groups > 1 ? p->channels : pare_most(1, PART_BYTES / (packing.channel * 4));
    p->part = quotient(p->channels, quotient(p->channels, p->part));
    const int64_t fit = GROUP_BYTES / (packing.channel * p->channels * 4), tiles = quotient(width, p->tile[1]);
    p->group = pare_most(1, pare_least(pare_least(fit, MOST_TILES), tiles));
}

int64_t pare_sparse_scratch(const pare_sparse_convolution *p) { return packing_of(p).channel * p->channels * p->group; }

int64_t pare_sparse_starts(const pare_sparse_convolution *p) { return quotient(p->channels, p->part) * p->filters + 1; }

PARE_CLONES
size_t pare_count_nonzeros(const float *weights, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += weights[i] != 0;
    return count;
}

/* Bytes to what a tap of a channel multiplies. */
static inline int32_t offset_of(const pare_sparse_convolution *p, const packing *packing, int64_t channel, int64_t i, int64_t j) {
    const int64_t y = i * p->dilations[0], x = j * p->dilations[1];
    const int64_t row = y % p->strides[0] * packing->extent[0] + y / p->strides[0];
    const int64_t column = x % p->strides[1] * packing->extent[1] + x / p->strides[1];
    return (int32_t)((channel * packing->channel + row * packing->row + column * p->lanes) * 4);
}

void pare_sparse_list(const pare_sparse_convolution *p, const float *weights, float scale, pare_sparse_entry *entries, int32_t *starts) {
    const packing packing = packing_of(p);
    const int64_t taps = p->kernel[0] * p->kernel[1], own = p->channels / p->groups, filters = p->filters / p->groups;
    int32_t count = 0;
    for (int64_t part = 0; part < p->channels; part += p->part)
        for (int64_t filter = 0; filter < p->filters; filter++) {
            *starts++ = count;
            const int64_t before = filter / filters * own, end = pare_least(before + own, part + p->part);
            for (int64_t channel = pare_most(part, before); channel < end; channel++) {
                const float *kernel = weights + (filter * own + channel - before) * taps;
                for (int64_t tap = 0; tap < taps; tap++) {
                    if (kernel[tap] == 0) continue;
                    const int32_t offset = offset_of(p, &packing, channel, tap / p->kernel[1], tap % p->kernel[1]);
                    entries[count++] = (pare_sparse_entry){ offset, kernel[tap] * scale };
                }
            }
        }
    *starts = count;
}

static inline int64_t groups_of_tiles(const pare_sparse_convolution *p) {
    return quotient(quotient(p->output[1], p->tile[1]), p->group);
}

int64_t pare_sparse_items(const pare_sparse_convolution *p, int64_t blocks) {
    return blocks * quotient(p->output[0], p->tile[0]) * groups_of_tiles(p);
}

/* The last tile is moved back to end with the outputs. */
static inline int64_t tile_start(int64_t tile, int64_t extent, int64_t outputs) { return pare_least(tile * extent, outputs - extent); }

/* One row of one phase: outputs' pixels x, x + stride, … of a row of the image, with zeros outside. */
static inline __attribute__((always_inline)) void pack_row(
    const float *row, int64_t x, int64_t stride, int64_t width, float *target, int64_t n, int64_t ahead, int32_t *largest,
    const int64_t lanes
) {
    const int64_t before = x >= 0 ? 0 : pare_least(n, (stride - 1 - x) / stride);
    const int64_t end = x >= width ? 0 : pare_least(n, (width - 1 - x) / stride + 1), pixels = pare_most(0, end - before);
    if (before) memset(target, 0, (size_t)(before * lanes) * 4);
    const float *first = row + (x + before * stride) * lanes;
    if (pixels && lanes == 16) copy_of_16(first, stride * lanes, target + before * lanes, pixels, ahead, largest);
    if (pixels && lanes == 8) copy_of_8(first, stride * lanes, target + before * lanes, pixels, ahead, largest);
    const int64_t after = n - before - pixels;
    if (after) memset(target + (before + pixels) * lanes, 0, (size_t)(after * lanes) * 4);
}

/* Packs the tiles first ..< last of the row of tiles at y. */
static inline __attribute__((always_inline)) int pack(
    const pare_sparse_convolution *p, const packing *packing, const float *image, int64_t y, int64_t first, int64_t last, float *scratch,
    const int64_t lanes
) {
    int32_t largest[16] __attribute__((aligned(64))) = {0};
    const int64_t ahead = p->input[0] * p->input[1] * lanes * AHEAD;
    const int64_t top = y * p->strides[0] - p->pads[0], tile = packing->channel * p->channels;
    for (int64_t channel = 0; channel < p->channels; channel++)
        for (int64_t phase = 0; phase < packing->phases[0]; phase++)
            for (int64_t i = 0; i < packing->extent[0]; i++) {
                const int64_t line = top + phase + i * p->strides[0];
                float *target = scratch + channel * packing->channel + (phase * packing->extent[0] + i) * packing->row;
                const float *row = image + (channel * p->input[0] + line) * p->input[1] * lanes;
                for (int64_t t = first; t < last; t++, target += tile) {
                    if (line < 0 || line >= p->input[0]) {
                        memset(target, 0, (size_t)packing->row * 4);
                        continue;
                    }
                    const int64_t left = tile_start(t, p->tile[1], p->output[1]) * p->strides[1] - p->pads[1];
                    for (int64_t shift = 0; shift < packing->phases[1]; shift++)
                        pack_row(
                            row, left + shift, p->strides[1], p->input[1], target + shift * packing->extent[1] * lanes, packing->extent[1],
                            ahead, largest, lanes);
                }
            }
    int found = 0;
    for (int64_t lane = 0; lane < lanes; lane++) found |= largest[lane] >= 0x7F800000;
    return found;
}

#define ONE(rows, columns) \
    case rows * 32 + columns: NAME(tiles)(p, packed, pitch, output, width, plane, rows, columns); break;

#undef NAME
#define NAME(x) x##_of_8
PARE_CLONES
static void run_8(const pare_sparse_convolution *p, const char *packed, int64_t pitch, float *output, int64_t width, int64_t plane) {
    switch (p->tile[0] * 32 + p->tile[1]) {
    ONE(1, 1) ONE(1, 2) ONE(1, 3) ONE(1, 4) ONE(1, 5) ONE(1, 6) ONE(1, 7) ONE(1, 8) ONE(1, 9) ONE(1, 10) ONE(1, 11) ONE(1, 12) ONE(1, 13)
    ONE(1, 14) ONE(2, 3) ONE(2, 4) ONE(2, 5) ONE(2, 6) ONE(2, 7) ONE(4, 3)
    }
}

#undef NAME
#define NAME(x) x##_of_16
PARE_CLONES
static void run_16(const pare_sparse_convolution *p, const char *packed, int64_t pitch, float *output, int64_t width, int64_t plane) {
    switch (p->tile[0] * 32 + p->tile[1]) {
    ONE(1, 1) ONE(1, 2) ONE(1, 3) ONE(1, 4) ONE(1, 5) ONE(1, 6) ONE(1, 7) ONE(1, 8) ONE(1, 9) ONE(1, 10) ONE(1, 11) ONE(1, 12) ONE(1, 13)
    ONE(1, 14) ONE(1, 20) ONE(1, 24) ONE(1, 28) ONE(2, 3) ONE(2, 4) ONE(2, 5) ONE(2, 6) ONE(2, 7) ONE(2, 8) ONE(2, 9) ONE(2, 10)
    ONE(2, 11) ONE(2, 12) ONE(2, 13) ONE(2, 14) ONE(4, 3) ONE(4, 4) ONE(4, 5) ONE(4, 6) ONE(4, 7)
    }
}

PARE_CLONES
static int pack_tiles(
    const pare_sparse_convolution *p, const packing *packing, const float *image, int64_t y, int64_t first, int64_t last, float *scratch
) {
    return p->lanes == 16 ? pack(p, packing, image, y, first, last, scratch, 16) : pack(p, packing, image, y, first, last, scratch, 8);
}

void pare_sparse_convolve(const pare_sparse_convolution *p, size_t first, size_t last, float *scratch) {
    const packing packing = packing_of(p);
    const int64_t groups = groups_of_tiles(p), rows = quotient(p->output[0], p->tile[0]), tiles = quotient(p->output[1], p->tile[1]);
    const int64_t width = p->output[1] * p->lanes, plane = p->output[0] * width, tile = packing.channel * p->channels;
    int found = 0;
    for (int64_t item = (int64_t)first; item < (int64_t)last; item++) {
        const int64_t block = item / (rows * groups), y = tile_start(item / groups % rows, p->tile[0], p->output[0]);
        const int64_t start = item % groups * p->group, end = pare_least(tiles, start + p->group);
        const float *image = p->source + block * p->channels * p->input[0] * p->input[1] * p->lanes;
        float *output = p->destination + block * p->filters * plane + y * width;
        found |= pack_tiles(p, &packing, image, y, start, end, scratch);
        for (int64_t t = start; t < end; t++) {
            const char *packed = (const char *)(scratch + (t - start) * tile);
            float *target = output + tile_start(t, p->tile[1], p->output[1]) * p->lanes;
            if (p->lanes == 16) run_16(p, packed, packing.row * 4, target, width, plane);
            else run_8(p, packed, packing.row * 4, target, width, plane);
        }
    }
    if (found) feraiseexcept(FE_INVALID);
}

void pare_sparse_product_tile(pare_sparse_convolution *p, int64_t threads) {
    const int64_t most = pare_least(14, most_outputs(p->lanes)), blocks = p->output[1];
    const int64_t tiles = quotient(quotient(blocks, most), threads) * threads;
    p->tile[0] = 1;
    p->tile[1] = quotient(blocks, tiles);
    p->group = 1;
    const int64_t most_part = pare_most(1, PRODUCT_BYTES / (p->tile[1] * p->lanes * 4));
    p->part = quotient(p->channels, quotient(p->channels, most_part));
}

int64_t pare_sparse_product_scratch(const pare_sparse_convolution *p) {
    return (p->channels + p->filters) * p->tile[1] * p->lanes;
}

/* The greatest magnitude as bits is that of no finite number. */
PARE_CLONES
static int has_infinite(const float *values, int64_t n) {
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, values + i, 4);
        bits &= 0x7FFFFFFF;
        largest = bits > largest ? bits : largest;
    }
    return largest >= 0x7F800000;
}

/* The blocks of one tile from lanes [blocks][channels][lanes]. */
static void gather_blocks(const pare_sparse_convolution *p, int64_t block, float *packed) {
    const int64_t width = p->tile[1] * p->lanes;
    for (int64_t i = 0; i < p->tile[1]; i++) {
        const float *source = p->source + (block + i) * p->channels * p->lanes;
        for (int64_t channel = 0; channel < p->channels; channel++)
            memcpy(packed + channel * width + i * p->lanes, source + channel * p->lanes, (size_t)p->lanes * 4);
    }
}

void pare_sparse_multiply(
    const pare_sparse_convolution *p, int64_t images, int reads_lanes, size_t first, size_t last, float *scratch
) {
    const int64_t width = p->tile[1] * p->lanes;
    float *made = scratch + p->channels * width;
    for (int64_t item = (int64_t)first; item < (int64_t)last; item++) {
        const int64_t block = tile_start(item, p->tile[1], p->output[1]), image = block * p->lanes;
        if (reads_lanes) gather_blocks(p, block, scratch);
        else
            for (int64_t i = 0; i < p->tile[1]; i++)
                pare_to_lanes(
                    p->source + (image + i * p->lanes) * p->channels, images - image - i * p->lanes, p->channels, p->channels, p->lanes,
                    width, scratch + i * p->lanes);
        if (has_infinite(scratch, p->channels * width)) feraiseexcept(FE_INVALID);
        if (p->lanes == 16) run_16(p, (const char *)scratch, 0, made, 0, width);
        else run_8(p, (const char *)scratch, 0, made, 0, width);
        for (int64_t i = 0; i < p->tile[1]; i++)
            pare_from_lanes(
                made + i * p->lanes, images - image - i * p->lanes, p->filters, p->filters, p->lanes, width,
                p->destination + (image + i * p->lanes) * p->filters);
    }
}

/* Sum over the taps of one output and lane, in double. */
static double plain_sum(const pare_sparse_convolution *p, const float *weights, const float *image, int64_t filter, int64_t y, int64_t x) {
    const int64_t own = p->channels / p->groups, before = filter / (p->filters / p->groups) * own;
    double sum = p->bias ? p->bias[filter] : 0;
    for (int64_t channel = 0; channel < own; channel++)
        for (int64_t tap = 0; tap < p->kernel[0] * p->kernel[1]; tap++) {
            const int64_t row = y * p->strides[0] - p->pads[0] + tap / p->kernel[1] * p->dilations[0];
            const int64_t column = x * p->strides[1] - p->pads[1] + tap % p->kernel[1] * p->dilations[1];
            if (row < 0 || row >= p->input[0] || column < 0 || column >= p->input[1]) continue;
            const double weight = weights[(filter * own + channel) * p->kernel[0] * p->kernel[1] + tap];
            sum += weight * image[(((before + channel) * p->input[0] + row) * p->input[1] + column) * p->lanes];
        }
    return sum;
}

void pare_sparse_convolve_plainly(const pare_sparse_convolution *p, const float *weights, int64_t blocks) {
    const int64_t pixels = p->output[0] * p->output[1], outputs = blocks * p->filters * pixels * p->lanes;
    for (int64_t i = 0; i < outputs; i++) {
        const int64_t lane = i % p->lanes, pixel = i / p->lanes % pixels, filter = i / p->lanes / pixels % p->filters;
        const int64_t block = i / p->lanes / pixels / p->filters;
        const float *image = p->source + block * p->channels * p->input[0] * p->input[1] * p->lanes + lane;
        const double sum = plain_sum(p, weights, image, filter, pixel / p->output[1], pixel % p->output[1]);
        p->destination[i] = p->relu && sum < 0 ? 0 : (float)sum;
    }
}
