#include "CKernels.h"

#include "clones.h"

#include <math.h>
#include <string.h>

/* Eight lanes at any address of a float. */
typedef float eight __attribute__((vector_size(32), aligned(4)));

/* Comparisons are written so that NaN stays and is noticed. */
static inline __attribute__((always_inline)) float positive(float value) { return value < 0 ? 0 : value; }

static inline __attribute__((always_inline)) float total(const float *lanes) {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static inline __attribute__((always_inline)) float sum_of(const float *values, size_t n) {
    eight lanes = { 0 };
    size_t i = 0;
    for (; i + 8 <= n; i += 8) lanes += *(const eight *)(values + i);
    float sum = total((const float *)&lanes);
    for (; i < n; i++) sum += values[i];
    return sum;
}

PARE_CLONES
void pare_shift_rows(float *rows, size_t count, size_t width, const float *bias, int with_relu) {
    for (size_t i = 0; i < count; i++, rows += width) {
        const float shift = bias ? bias[i] : 0;
        if (with_relu) for (size_t j = 0; j < width; j++) rows[j] = positive(rows[j] + shift);
        else if (bias) for (size_t j = 0; j < width; j++) rows[j] += shift;
    }
}

PARE_CLONES
void pare_shift_columns(
    float *restrict rows, size_t count, size_t width, size_t stride, const float *restrict bias, int with_relu) {
    for (size_t i = 0; i < count; i++, rows += stride) {
        if (bias) for (size_t j = 0; j < width; j++) rows[j] += bias[j];
        if (with_relu) for (size_t j = 0; j < width; j++) rows[j] = positive(rows[j]);
    }
}

PARE_CLONES
void pare_mask_gradients(const float *restrict outputs, size_t n, float *restrict gradients) {
    for (size_t i = 0; i < n; i++) gradients[i] = outputs[i] > 0 ? gradients[i] : 0;
}

PARE_CLONES
void pare_row_sums(const float *rows, size_t count, size_t width, int accumulates, float *sums) {
    for (size_t i = 0; i < count; i++) sums[i] = (accumulates ? sums[i] : 0) + sum_of(rows + i * width, width);
}

PARE_CLONES
void pare_column_sums(
    const float *restrict rows, size_t count, size_t width, size_t stride, int accumulates, float *restrict sums) {
    if (!accumulates) memset(sums, 0, width * sizeof(float));
    for (size_t i = 0; i < count; i++, rows += stride) {
        for (size_t j = 0; j < width; j++) sums[j] += rows[j];
    }
}

PARE_CLONES
void pare_accumulate(const float *restrict values, size_t n, int accumulates, float *restrict sum) {
    if (!accumulates) memcpy(sum, values, n * sizeof(float));
    else for (size_t i = 0; i < n; i++) sum[i] += values[i];
}

PARE_CLONES
void pare_sum(const float *first, const float *second, size_t n, float *restrict sum) {
    for (size_t i = 0; i < n; i++) sum[i] = first[i] + second[i];
}

PARE_CLONES
void pare_relu(const float *restrict values, size_t n, float *restrict largest) {
    for (size_t i = 0; i < n; i++) largest[i] = positive(values[i]);
}

/* Normalization: sums of one plane in floats, of all planes in doubles. */

static inline __attribute__((always_inline)) float squares_of(const float *values, size_t n, float mean) {
    eight lanes = { 0 };
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const eight distance = *(const eight *)(values + i) - mean;
        lanes += distance * distance;
    }
    float sum = total((const float *)&lanes);
    for (; i < n; i++) sum += (values[i] - mean) * (values[i] - mean);
    return sum;
}

static inline __attribute__((always_inline)) float products_of(const float *values, const float *factors, size_t n, float mean) {
    eight lanes = { 0 };
    size_t i = 0;
    for (; i + 8 <= n; i += 8) lanes += (*(const eight *)(values + i) - mean) * *(const eight *)(factors + i);
    float sum = total((const float *)&lanes);
    for (; i < n; i++) sum += (values[i] - mean) * factors[i];
    return sum;
}

PARE_CLONES
void pare_normalize(
    const pare_normalization *b, size_t first, size_t last, const float *images, float momentum, float *running_mean,
    float *running_variance, float *normalized) {
    const size_t size = b->size, next = b->channels * size;
    const double values = (double)(b->count * size);
    for (size_t channel = first; channel < last; channel++) {
        const float *planes = images + channel * size;
        double sum = 0, squares = 0;
        for (size_t n = 0; n < b->count; n++) sum += (double)sum_of(planes + n * next, size);
        const float mean = (float)(sum / values);
        for (size_t n = 0; n < b->count; n++) squares += (double)squares_of(planes + n * next, size, mean);
        const float inverse = (float)(1 / sqrt(squares / values + (double)b->epsilon));
        b->mean[channel] = mean;
        b->inverse_deviation[channel] = inverse;
        const float factor = inverse * b->scale[channel], shift = b->shift[channel];
        for (size_t n = 0; n < b->count; n++) {
            const float *restrict from = planes + n * next;
            float *restrict to = normalized + channel * size + n * next;
            for (size_t i = 0; i < size; i++) to[i] = (from[i] - mean) * factor + shift;
        }
        if (running_mean) running_mean[channel] += momentum * (mean - running_mean[channel]);
        if (running_variance) {
            const float variance = (float)(squares / (values > 1 ? values - 1 : 1));
            running_variance[channel] += momentum * (variance - running_variance[channel]);
        }
    }
}

PARE_CLONES
void pare_normalize_backward(
    const pare_normalization *b, size_t first, size_t last, const float *images, const float *gradients, int accumulates,
    float *image_gradients, int adds_scale, float *scale_gradients, int adds_shift, float *shift_gradients) {
    const size_t size = b->size, next = b->channels * size;
    const double values = (double)(b->count * size);
    for (size_t channel = first; channel < last; channel++) {
        const float mean = b->mean[channel], inverse = b->inverse_deviation[channel];
        double sum = 0, products = 0;
        for (size_t n = 0; n < b->count; n++) {
            const float *plane = gradients + channel * size + n * next;
            sum += (double)sum_of(plane, size);
            products += (double)products_of(images + channel * size + n * next, plane, size, mean);
        }
        const float scale_gradient = (float)(products * (double)inverse);
        scale_gradients[channel] = (adds_scale ? scale_gradients[channel] : 0) + scale_gradient;
        shift_gradients[channel] = (adds_shift ? shift_gradients[channel] : 0) + (float)sum;
        if (!image_gradients) continue;
        /* γ / σ · (g − mean(g) − x̂ · mean(g · x̂)) */
        const float factor = b->scale[channel] * inverse, share = (float)(sum / values);
        const float slope = (float)(products * (double)inverse * (double)inverse / values);
        for (size_t n = 0; n < b->count; n++) {
            const float *restrict from = images + channel * size + n * next;
            const float *restrict above = gradients + channel * size + n * next;
            float *restrict to = image_gradients + channel * size + n * next;
            if (accumulates) for (size_t i = 0; i < size; i++) to[i] += factor * (above[i] - share - (from[i] - mean) * slope);
            else for (size_t i = 0; i < size; i++) to[i] = factor * (above[i] - share - (from[i] - mean) * slope);
        }
    }
}
