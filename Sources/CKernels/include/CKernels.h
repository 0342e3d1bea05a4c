#ifndef PARE_CKERNELS_H
#define PARE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#include "budget.h"
#include "coding.h"
#include "combine.h"
#include "compensation.h"
#include "decomposition.h"
#include "elements.h"
#include "functions.h"
#include "integers.h"
#include "lattice.h"
#include "least_squares.h"
#include "optimizers.h"
#include "outputs.h"
#include "partition.h"
#include "plain.h"
#include "recurrence.h"
#include "scaled.h"
#include "sparse.h"
#include "tally.h"

/* Inner loops over weights. No state; threads only inside pare_sort, pare_sort_and_sum and pare_block_sums. Each has its plain Swift
   reference and a test that runs both. Pointers need only the alignment of their type unless it says otherwise. */

/* Memory aligned to a cache line, in huge pages where it is large; NULL without memory. Freed by pare_deallocate. */
void *pare_allocate(size_t bytes);
void pare_deallocate(void *memory);

enum { PARE_DONE = 0, PARE_NOT_FINITE = 1, PARE_NO_MEMORY = 2 };

/* Writes n values to sorted, ascending, -0 before +0, with two threads where n is large. sorted is aligned to 64 bytes and
   does not overlap values. PARE_NOT_FINITE: nonfinite is the index of the first NaN or infinity, sorted is not written. */
int pare_sort(const float *values, size_t n, float *sorted, size_t *nonfinite);

/* How many weights a block of the prefix sums has. */
enum { PARE_BLOCK = 256 };

/* heads[b] is the first value of block b; sums[b] and squares[b] become Σ (w − centre) and Σ (w − centre)² over the values
   before it; their last entry, b = ceil(n / PARE_BLOCK), holds the totals. Two threads where n is large; the bits do not
   depend on that. */
void pare_block_sums(const float *values, size_t n, double centre, float *heads, double *sums, double *squares);

/* pare_sort, then pare_block_sums about the median sorted[n / 2] (0 for none), each bucket summed while it lies in the cache:
   the same bits, one reading of the memory less. */
int pare_sort_and_sum(
    const float *values, size_t n, float *sorted, float *heads, double *sums, double *squares, double *centre, size_t *nonfinite);

/* Σ (w − centre) and Σ (w − centre)² in double. */
void pare_centred_sums(const float *values, size_t n, double centre, double *sum, double *squares);

/* Σ |w| in double. */
double pare_sum_of_magnitudes(const float *values, size_t n);

/* max |w|; 0 for none. NaN does not count. */
float pare_largest_magnitude(const float *values, size_t n);

/* max |w| and mean |w| of each row of a matrix [rows, columns]; either may be NULL; 0 for rows of no columns. */
void pare_row_magnitudes(const float *values, size_t rows, size_t columns, float *largest, double *mean);

/* How many of n values have an absolute value above threshold. NaN does not count. */
size_t pare_count_above(const float *values, size_t n, float threshold);

/* kept = |w| > threshold ? w : +0. NaN becomes 0. kept may be values. */
void pare_keep_above(const float *values, size_t n, float threshold, float *kept);

/* The index of the first boundary ≥ w, of at most 255 ascending boundaries; count where w is above all. NaN gives 0. */
void pare_assign(const float *values, size_t n, const float *boundaries, size_t count, uint8_t *indexes);

/* quantized = code · scale with code = w / scale rounded to the nearest integer, ties to even, cut to low … high.
   Codes are counted from the zero point; |low|, |high| ≤ 2^16; scale > 0. Zero is +0, NaN stays NaN, levels stay finite. quantized may be values. */
void pare_quantize(const float *values, size_t n, float scale, int low, int high, float *quantized);

/* Σ (w − quantized)² of pare_quantize, in double. */
double pare_quantization_error(const float *values, size_t n, float scale, int low, int high);

/* Window maximum over planes [H][W][lanes], one after another: images with their channels last, or in blocks. Pairs are
   [vertical, horizontal]; pads are those before the first pixel, and padding never counts. */
typedef struct pare_max_pooling {
    const float *source;
    float *destination;
    int64_t lanes;
    int64_t input[2];
    int64_t output[2];
    int64_t kernel[2];
    int64_t strides[2];
    int64_t dilations[2];
    int64_t pads[2];
} pare_max_pooling;

/* The planes first ..< last. Every window meets a pixel; of NaN and numbers in one window either may win. */
void pare_max_pool(const pare_max_pooling *pooling, size_t first, size_t last);

/* --- Training: forward and backward loops over row-major images ---------------------------------------------------------- */

/* Windows over planes [H][W]; pairs are [vertical, horizontal]; pads are [top, left] and [bottom, right]. */
typedef struct pare_windows {
    int64_t input[2];
    int64_t output[2];
    int64_t kernel[2];
    int64_t strides[2];
    int64_t dilations[2];
    int64_t pads_before[2];
    int64_t pads_after[2];
} pare_windows;

/* columns [channels · taps][output pixels]: what each tap of each window meets in an image [channels][H][W]; 0 where it meets padding. */
void pare_unfold(const pare_windows *windows, const float *image, size_t channels, float *columns);
/* The transpose: adds each column back to the pixel that it came from; to 0, or to what the image holds. */
void pare_fold(const pare_windows *windows, const float *columns, size_t channels, int accumulates, float *image);

/* The same by a table [taps · windows] of the element that each tap of each window meets, of `size` a channel; −1 for padding. */
void pare_unfold_by(const int32_t *table, size_t count, const float *image, size_t size, size_t channels, float *columns);
void pare_fold_by(const int32_t *table, size_t count, const float *columns, size_t size, size_t channels, int accumulates, float *image);

/* Window maximum of each plane, and the tap that it came from (the first of equals); at most 65,536 taps. */
void pare_maximum_forward(const pare_windows *windows, const float *images, size_t planes, float *maxima, uint16_t *taps);
/* Brings each gradient to the pixel of its tap; onto 0, or onto what the images hold. */
void pare_maximum_backward(
    const pare_windows *windows, const float *gradients, const uint16_t *taps, size_t planes, int accumulates, float *images);

/* Window mean of each plane over the pixels, or over pixels and padding. */
void pare_mean_forward(const pare_windows *windows, const float *images, size_t planes, int counts_padding, float *means);
void pare_mean_backward(
    const pare_windows *windows, const float *gradients, size_t planes, int counts_padding, int accumulates, float *images);

/* rows[i][j] += bias[i]; then negative values become 0 where `with_relu` is set. bias may be NULL. NaN stays. */
void pare_shift_rows(float *rows, size_t count, size_t width, const float *bias, int with_relu);
/* rows[i][j] += bias[j] for rows `stride` apart; then as above. */
void pare_shift_columns(float *rows, size_t count, size_t width, size_t stride, const float *bias, int with_relu);
/* gradients = output > 0 ? gradient : 0. */
void pare_mask_gradients(const float *outputs, size_t n, float *gradients);
/* sums[i] = (accumulates ? sums[i] : 0) + Σ_j rows[i][j]. */
void pare_row_sums(const float *rows, size_t count, size_t width, int accumulates, float *sums);
/* sums[j] = (accumulates ? sums[j] : 0) + Σ_i rows[i][j] for rows `stride` apart. */
void pare_column_sums(const float *rows, size_t count, size_t width, size_t stride, int accumulates, float *sums);
/* sum = (accumulates ? sum : 0) + values. */
void pare_accumulate(const float *values, size_t n, int accumulates, float *sum);
/* sum = first + second. */
void pare_sum(const float *first, const float *second, size_t n, float *sum);
/* largest = max(value, 0); NaN stays. */
void pare_relu(const float *values, size_t n, float *largest);

/* A batch normalization over images [count][channels][size]; mean and deviation are of the batch, 1 / sqrt(variance + epsilon). */
typedef struct pare_normalization {
    size_t count;
    size_t channels;
    size_t size;
    float epsilon;
    const float *scale;
    const float *shift;
    float *mean;
    float *inverse_deviation;
} pare_normalization;

/* Normalizes the channels first ..< last by their own statistics, and moves the running ones by `momentum` towards them (the variance
   with n − 1), which may be NULL. */
void pare_normalize(
    const pare_normalization *normalization, size_t first, size_t last, const float *images, float momentum, float *running_mean,
    float *running_variance, float *normalized);
/* The gradients of images (may be NULL), scale and shift. */
void pare_normalize_backward(
    const pare_normalization *normalization, size_t first, size_t last, const float *images, const float *gradients,
    int accumulates, float *image_gradients, int adds_scale, float *scale_gradients, int adds_shift, float *shift_gradients);

/* kept = values · scale where 32 bits of the hash of key and first + i are at least threshold, else 0. kept may be values. */
void pare_drop(
    const float *values, size_t n, size_t first, uint64_t key, uint64_t threshold, float scale, float *kept);

/* quantized = round(min(max(w, 0), clip) · (2^bits - 1) / clip) · clip / (2^bits - 1), ties to even; 0 where clip ≤ 0. NaN stays NaN,
   0 stays 0. bits ≤ 16. quantized may be values. */
void pare_quantize_clipped(const float *values, size_t n, float clip, int bits, float *quantized);

/* result = slope where 0 < value < clip, else 0; gives Σ slope over value ≥ clip, in double. result may be slopes. */
double pare_quantize_clipped_backward(const float *values, const float *slopes, size_t n, float clip, float *result);

/* 1 where value ≥ 0, else -1; NaN stays NaN. signs may be values. */
void pare_sign(const float *values, size_t n, float *signs);

/* result = slope where |value| ≤ 1, else 0. result may be slopes. */
void pare_sign_backward(const float *values, const float *slopes, size_t n, float *result);

/* Convolution of images [channels, H, W] without padding, stride 1, and the maximum of 2 by 2 pixels: [filters, H'/2, W'/2] with
   H' = H − kernel + 1. Weights lie in blocks of pare_filter_block(filters): [filters / block, channels, kernel, kernel, block]. */
typedef struct pare_pooled_convolution {
    const float *source;
    const float *weights;
    /* [filters], or NULL. */
    const float *bias;
    float *destination;
    int64_t channels;
    int64_t filters;
    int64_t input[2];
    int64_t kernel[2];
    /* Whether negative maxima become 0. */
    int relu;
} pare_pooled_convolution;

/* 6, 5 or 4, whichever divides the number of filters; 0 where none does. */
int pare_filter_block(int64_t filters);

/* The images first ..< last. H' and W' are even, W' ≥ 8; pare_filter_block is not 0. Fused multiplications where the
   processor has them, so the last bits depend on it; not on the other images. */
void pare_convolve_and_pool(const pare_pooled_convolution *convolution, size_t first, size_t last);

#endif
