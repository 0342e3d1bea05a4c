#include "CKernels.h"

#include "clones.h"

#include <math.h>

/* Mean and reciprocal deviation of n numbers. */
static inline __attribute__((always_inline)) void spread(const float *x, size_t n, float epsilon, double *mean, double *factor) {
    double sums[8] = { 0 }, squares[8] = { 0 }, sum = 0, square = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) sums[j] += x[i + j];
    for (; i < n; i++) sum += x[i];
    for (size_t j = 0; j < 8; j++) sum += sums[j];
    const double middle = sum / (double)n;
    for (i = 0; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) squares[j] += (x[i + j] - middle) * (x[i + j] - middle);
    for (; i < n; i++) square += (x[i] - middle) * (x[i] - middle);
    for (size_t j = 0; j < 8; j++) square += squares[j];
    *mean = middle;
    *factor = 1 / sqrt(square / (double)n + (double)epsilon);
}

PARE_CLONES
void pare_normalize_rows(const pare_row_normalization *s, const float *x, float *y, size_t first, size_t last) {
    for (size_t row = first; row < last; row++) {
        const float *from = x + row * s->size;
        float *to = y + row * s->size;
        double mean, factor;
        spread(from, s->size, s->epsilon, &mean, &factor);
        for (size_t i = 0; i < s->size; i += s->plane) {
            const size_t channel = (row * s->size + i) / s->plane % s->channels;
            const size_t n = s->plane > 1 ? s->plane : s->size;
            const size_t step = s->plane > 1 ? 0 : 1;
            for (size_t j = 0; j < n; j++) {
                const double shift = s->shift ? (double)s->shift[channel + step * j] : 0;
                to[i + j] = (float)(((double)from[i + j] - mean) * factor * (double)s->scale[channel + step * j] + shift);
            }
            if (step) break;
        }
    }
}

PARE_CLONES
void pare_normalize_responses(const pare_response *s, const float *x, float *y, size_t first, size_t last) {
    const size_t before = (s->size - 1) / 2, after = s->size / 2;
    for (size_t row = first * s->channels; row < last * s->channels; row++) {
        const size_t channel = row % s->channels;
        const size_t low = channel < before ? 0 : channel - before;
        const size_t high = channel + after < s->channels ? channel + after : s->channels - 1;
        const float *image = x + (row - channel) * s->plane;
        for (size_t i = 0; i < s->plane; i++) {
            float sum = 0;
            for (size_t other = low; other <= high; other++) sum += image[other * s->plane + i] * image[other * s->plane + i];
            y[row * s->plane + i] = image[channel * s->plane + i] / powf(s->bias + s->alpha / (float)s->size * sum, s->beta);
        }
    }
}
