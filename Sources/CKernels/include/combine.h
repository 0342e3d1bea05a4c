#ifndef PARE_COMBINE_H
#define PARE_COMBINE_H

#include <stddef.h>

#include "functions.h"

/* Gradients of functions of two numbers over rows. An operand goes forward by its step, 0 or 1: one number for the whole row, or one for each
   place. */
typedef struct pare_row {
    const float *values;
    size_t step;
} pare_row;

/* result[i] = slopes[i] · ∂f/∂first, or ∂f/∂second where `second_one` is set; of ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER and LEAKY. */
void pare_combine_slopes(
    pare_combination function, int second_one, pare_row first, pare_row second, const float *slopes, size_t n, float *result);

/* What reaches a candidate for an extreme: result[i] = slopes[i] where candidate and made are equal, and no one after it gets that:
   slopes[i] becomes 0 there; else result[i] = 0. */
void pare_take_slopes(pare_row candidate, const float *made, size_t n, float *slopes, float *result);

/* result[i] = slopes[i] where the condition is (not) 0, as `is_zero` says, else 0. */
void pare_select_slopes(pare_row condition, int is_zero, const float *slopes, size_t n, float *result);

/* Σ values, in double. */
double pare_total(const float *values, size_t n);

#endif
