#ifndef PARE_SPARSE_H
#define PARE_SPARSE_H

#include <stddef.h>
#include <stdint.h>

/* Convolutions and products whose weights are mostly zeros: the work goes with the weights that are none. Lanes are images, so that a
   stride, a border and a width of any size cost nothing. Images lie as [blocks][channels][height][width][lanes], the last block filled
   up with zeros. A tile of outputs stays in registers while the weights of one output go past it; what a tile reads is packed side by
   side before, with zeros for padding. A sum starts with the bias and goes by channel, row and column of the kernel, whatever the tile. */

/* A weight that is no zero, and the bytes from the start of a packed tile to what it multiplies. */
typedef struct pare_sparse_entry {
    int32_t offset;
    float weight;
} pare_sparse_entry;

/* Pairs are [vertical, horizontal]. */
typedef struct pare_sparse_convolution {
    /* 8 or 16. */
    int64_t lanes;
    int64_t channels;
    int64_t filters;
    int64_t groups;
    int64_t input[2];
    int64_t output[2];
    int64_t kernel[2];
    int64_t strides[2];
    int64_t dilations[2];
    /* Before the first pixel. */
    int64_t pads[2];
    /* Outputs of a tile: one of those that pare_sparse_tile gives, no more than the outputs. */
    int64_t tile[2];
    /* Tiles of a row that are packed together. */
    int64_t group;
    /* Channels whose weights are gone through for all filters before those of the next: as many as the cache of the first level holds. */
    int64_t part;
    /* The weights of filter m and part p are entries[starts[p · filters + m]] ..< entries[starts[p · filters + m + 1]]. */
    const pare_sparse_entry *entries;
    const int32_t *starts;
    /* [filters]; may be NULL. */
    const float *bias;
    int relu;
    const float *source;
    float *destination;
} pare_sparse_convolution;

/* The tile for outputs of height by width, and how many tiles of a row and how many channels go together. Needs lanes, channels, groups,
   output, kernel, strides and dilations. */
void pare_sparse_tile(pare_sparse_convolution *convolution);

/* Floats of the memory that one thread needs, aligned to 64 bytes. */
int64_t pare_sparse_scratch(const pare_sparse_convolution *convolution);

/* Entries of starts. */
int64_t pare_sparse_starts(const pare_sparse_convolution *convolution);

/* Weights that are no zeros. */
size_t pare_count_nonzeros(const float *weights, size_t n);

/* Lists weights [filters, channels / groups, kernel rows, kernel columns], each multiplied by scale. */
void pare_sparse_list(const pare_sparse_convolution *convolution, const float *weights, float scale, pare_sparse_entry *entries, int32_t *starts);

/* Rows of tiles of all blocks, each of them so many groups of tiles: what one call counts by. */
int64_t pare_sparse_items(const pare_sparse_convolution *convolution, int64_t blocks);

/* The items first ..< last. Raises the flag of an invalid operation where it reads something that is no finite number. */
void pare_sparse_convolve(const pare_sparse_convolution *convolution, size_t first, size_t last, float *scratch);

/* The same by plain loops over all blocks, for weights that are no list. */
void pare_sparse_convolve_plainly(const pare_sparse_convolution *convolution, const float *weights, int64_t blocks);

/* Products of rows [images][channels] with weights [filters][channels]: a convolution by one pixel whose pixels are the blocks of images,
   output = {1, blocks}. The tile for so many threads, and the floats that one of them needs. */
void pare_sparse_product_tile(pare_sparse_convolution *convolution, int64_t threads);
int64_t pare_sparse_product_scratch(const pare_sparse_convolution *convolution);

/* The tiles first ..< last of pare_sparse_items of one block, from rows, or from lanes [blocks][channels][lanes], to rows [images][filters].
   Tiles may overlap: two threads then write the same numbers. */
void pare_sparse_multiply(
    const pare_sparse_convolution *convolution, int64_t images, int reads_lanes, size_t first, size_t last, float *scratch);

/* Brings n values from rows [images][n], `pitch` floats apart, to lanes [n][lanes], `step` floats apart, and back; lanes without an image
   are 0 and are not brought back. */
void pare_to_lanes(const float *rows, int64_t images, int64_t n, int64_t pitch, int64_t lanes, int64_t step, float *target);
void pare_from_lanes(const float *source, int64_t images, int64_t n, int64_t pitch, int64_t lanes, int64_t step, float *rows);

#endif
