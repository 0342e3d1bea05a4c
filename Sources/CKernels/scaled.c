#include "CKernels.h"

#include "clones.h"

#include <math.h>

/* Adding 0 changes no sum of magnitudes, so that nothing has to branch. */
void pare_add_magnitudes(const float *values, size_t n, size_t stride, float threshold, double *sum, size_t *count) {
    double total = *sum;
    size_t found = *count;
    for (size_t i = 0; i < n; i++) {
        const float magnitude = fabsf(values[i * stride]);
        const int is_above = magnitude > threshold;
        total += is_above ? (double)magnitude : 0.0;
        found += (size_t)is_above;
    }
    *sum = total;
    *count = found;
}

PARE_CLONES
void pare_ternarize(float *values, size_t n, float threshold, float level) {
    for (size_t i = 0; i < n; i++) {
        const float value = values[i];
        const float rest = value == 0 ? value : 0.0f;
        values[i] = value > threshold ? level : value < -threshold ? -level : rest;
    }
}

PARE_CLONES
static void binarize_row(float *values, size_t n, float scale, int keeps_zeros) {
    for (size_t i = 0; i < n; i++) {
        const float value = values[i];
        const float binary = value < 0 ? -scale : scale;
        values[i] = keeps_zeros && value == 0 ? value : binary;
    }
}

void pare_binarize(float *values, size_t n, size_t stride, float scale, int keeps_zeros) {
    if (stride == 1) {
        binarize_row(values, n, scale, keeps_zeros);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const float value = values[i * stride];
        if (!keeps_zeros || value != 0) values[i * stride] = value < 0 ? -scale : scale;
    }
}

void pare_bend(const float *values, size_t n, float *bent) {
    for (size_t i = 0; i < n; i++) bent[i] = tanhf(values[i]);
}

void pare_dorefa(float *values, const float *bent, size_t n, float largest, const float *levels, int steps, int keeps_zeros) {
    for (size_t i = 0; i < n; i++) {
        if (keeps_zeros && values[i] == 0) continue;
        const float share = largest > 0 ? bent[i] / (2 * largest) + 0.5f : 0.5f;
        /* What is no number, or beyond the levels because the bent weights are of other ones, takes an end. */
        const float place = roundf(share * (float)steps);
        values[i] = levels[place > 0 ? (place < (float)steps ? (int)place : steps) : 0];
    }
}

PARE_CLONES
void pare_dorefa_backward(const float *bent, size_t n, float largest, float *gradients) {
    for (size_t i = 0; i < n; i++) gradients[i] *= (1 - bent[i] * bent[i]) / largest;
}
