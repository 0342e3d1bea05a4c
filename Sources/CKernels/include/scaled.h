#ifndef PARE_SCALED_H
#define PARE_SCALED_H

#include <stddef.h>
#include <stdint.h>

/* Weights with a few values that follow from all of them: ternary, binary and DoReFa. Of n weights `stride` apart, where it is named.
   Sums are taken in the order of the weights, so that they have the bits of a plain loop. */

/* Adds |w| over |w| > threshold to *sum, and their number to *count. */
void pare_add_magnitudes(const float *values, size_t n, size_t stride, float threshold, double *sum, size_t *count);

/* level above threshold, -level below -threshold, else 0; a zero keeps its sign. */
void pare_ternarize(float *values, size_t n, float threshold, float level);

/* -scale below 0, else scale; zeros stay where keeps_zeros is set. */
void pare_binarize(float *values, size_t n, size_t stride, float scale, int keeps_zeros);

/* bent = tanh(values), by the C library. */
void pare_bend(const float *values, size_t n, float *bent);

/* levels[round(steps * (bent / (2 largest) + 1/2))], halves away from 0; steps * 1/2 where largest is 0. Zeros stay where keeps_zeros is set. */
void pare_dorefa(float *values, const float *bent, size_t n, float largest, const float *levels, int steps, int keeps_zeros);

/* gradients *= (1 - bent^2) / largest. */
void pare_dorefa_backward(const float *bent, size_t n, float largest, float *gradients);

#endif
