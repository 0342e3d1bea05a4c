#ifndef PARE_PLAIN_H
#define PARE_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/* Kernels over values of any shape, row-major, seen as [outer, extent, inner]; each computes a range of its results, so that threads can share. */

typedef enum pare_reduction {
    PARE_REDUCE_SUM, PARE_REDUCE_MEAN, PARE_REDUCE_MAXIMUM, PARE_REDUCE_MINIMUM, PARE_REDUCE_PRODUCT, PARE_REDUCE_L1, PARE_REDUCE_L2,
    PARE_REDUCE_SQUARES, PARE_REDUCE_LOG_SUM, PARE_REDUCE_LOG_SUM_EXP,
} pare_reduction;

/* y[o, i] = the number of x[o, 0 ..< extent, i], summed in double, for results first ..< last of [outer, inner]; NaN where one is NaN. */
void pare_reduce(pare_reduction function, const float *x, size_t extent, size_t inner, float *y, size_t first, size_t last);

/* The place of the largest or the least along extent, the first or the last of equal ones. */
void pare_extreme_places(
    const float *x, size_t extent, size_t inner, int is_maximum, int takes_last, float *y, size_t first, size_t last);

/* Where the elements of a result stand in another tensor: tables[0][i] + tables[1][j] + …, one table an axis of `counts` offsets, one after
   another; PARE_MOVE_OUTSIDE stands for the fill value. */
typedef struct pare_moves {
    int32_t rank;
    const size_t *counts;
    const int64_t *tables;
    float fill;
} pare_moves;

#define PARE_MOVE_OUTSIDE INT64_MIN

/* Rows first ..< last of the result, a row being the places along the last table. */
void pare_move(const pare_moves *moves, const float *from, float *to, size_t first, size_t last);

/* Sums of weighted elements along an axis: y[o, e, i] = Σ over t in starts[e] ..< starts[e + 1] of weights[t] · x[o, places[t], i]; rows
   first ..< last of [outer, outputs]. */
typedef struct pare_taps {
    size_t inputs;
    size_t outputs;
    size_t inner;
    const size_t *starts;
    const size_t *places;
    const float *weights;
} pare_taps;

void pare_interpolate(const pare_taps *taps, const float *x, float *y, size_t first, size_t last);

/* clamp(round(x / scale) + zero, lower, upper), ties to even, and (x − zero) · scale. Scales (and zeros, or NULL) stand one for each of
   `scales` neighbours along an axis, every one for `inner` elements; elements first ..< last. */
typedef struct pare_grid {
    const float *scales;
    const float *zeros;
    size_t count;
    size_t inner;
    float lower;
    float upper;
} pare_grid;

void pare_linear_quantize(const pare_grid *grid, const float *x, float *y, size_t first, size_t last);
void pare_linear_dequantize(const pare_grid *grid, const float *x, float *y, size_t first, size_t last);

/* What pare_quantize_by_range gives. */
typedef enum pare_range_result { PARE_RANGE_VALUES, PARE_RANGE_CODES, PARE_RANGE_SCALE, PARE_RANGE_ZERO } pare_range_result;

/* 256 levels between the least and the largest of x[outer, example, n], 0 among them, for one example: scale = (max − min) / 255 or 1, zero =
   round(−min / scale), code = clamp(round(x / scale) + zero, 0, 255). Of scale and zero y has one number. Examples are step apart. */
void pare_quantize_by_range(pare_range_result result, const float *x, size_t outer, size_t step, size_t n, float *y);

/* (x − mean) / sqrt(variance + epsilon) · scale + shift over rows of `size`; number i of row r has parameter (r · size + i) / plane % channels.
   Sums in double; shift may be NULL. Rows first ..< last. */
typedef struct pare_row_normalization {
    size_t size;
    size_t plane;
    size_t channels;
    float epsilon;
    const float *scale;
    const float *shift;
} pare_row_normalization;

void pare_normalize_rows(const pare_row_normalization *settings, const float *x, float *y, size_t first, size_t last);

/* x / (bias + alpha / size · Σ x²)^beta over `size` neighbouring channels of x [N, channels, plane]; examples first ..< last. */
typedef struct pare_response {
    size_t channels;
    size_t plane;
    size_t size;
    float alpha;
    float beta;
    float bias;
} pare_response;

void pare_normalize_responses(const pare_response *settings, const float *x, float *y, size_t first, size_t last);

#endif
