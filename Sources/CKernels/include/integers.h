#ifndef PARE_INTEGERS_H
#define PARE_INTEGERS_H

#include <stddef.h>
#include <stdint.h>

/* Layers in whole numbers: what they read as levels 0…255 of a clip, weights as multiples of steps, sums of 32 bits. */

/* How many steps a matrix of weights has. */
enum { PARE_ONE_STEP = 0, PARE_STEP_A_ROW = 1, PARE_STEP_A_COLUMN = 2 };

/* Weights [rows, columns] as whole multiples of their steps: 1 where (float)multiple · step is the weight bit for bit (−0 counts as 0) and no
   multiple is beyond −255…255, else 0. The least and the largest multiple, 0 among them, go to *lowest and *highest; the multiples, cut to
   8 bits, to codes where that is not NULL. */
int pare_multiples(
    const float *weights, size_t rows, size_t columns, const float *steps, int kind, int8_t *codes, int *lowest, int *highest);

/* The level of each value as pare_quantize_clipped rounds it, 0…2^bits − 1, bits ≤ 8; gives how many values are NaN, whose level is 0. */
size_t pare_levels(const float *values, size_t n, float clip, int bits, uint8_t *levels);

/* What levels stand for: values = level · clip / (2^bits − 1), as pare_quantize_clipped has it. */
void pare_level_values(const uint8_t *levels, size_t n, float clip, int bits, float *values);

/* What is added: floats, or where values is NULL the levels of a clip. */
typedef struct {
    const float *values;
    const uint8_t *levels;
    float clip;
    int bits;
} pare_term;

/* The level of first + second, of n numbers each, as pare_levels has it; levels count as what pare_level_values makes of them. Gives how many sums are
   NaN, whose level is 0. */
size_t pare_sum_levels(const pare_term *first, const pare_term *second, size_t n, float clip, int bits, uint8_t *levels);

/* results = (float)sum · scale + bias for rows of `channels` sums, bias NULL for none; below 0 it is 0 where with_relu is not 0. */
void pare_finish_sums(
    const int32_t *sums, size_t rows, size_t channels, const float *scales, const float *bias, int with_relu, float *results);

/* The same result as a level of a clip; gives how many are NaN. */
size_t pare_finish_levels(
    const int32_t *sums, size_t rows, size_t channels, const float *scales, const float *bias, float clip, int bits,
    uint8_t *levels);

#endif
