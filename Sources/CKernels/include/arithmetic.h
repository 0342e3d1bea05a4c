#ifndef PARE_ARITHMETIC_H
#define PARE_ARITHMETIC_H

#include <stddef.h>
#include <stdint.h>

/* Levels of a matrix by adaptive binary arithmetic coding; Docs/Format.md has every step. Integers only, so that every machine
   makes the same bytes. */

/* The matrix as it is gone through: `lines` of `length` levels, the steps between their places in memory, the largest magnitudes of
   negative and positive levels (each ≤ PARE_ARITHMETIC_LARGEST), and the distance to the level "above" in the same line: 0 where
   there is none, else ≤ PARE_ARITHMETIC_PERIOD. */
typedef struct pare_level_matrix {
    size_t lines;
    size_t length;
    size_t line_step;
    size_t step;
    int32_t negatives;
    int32_t positives;
    int32_t period;
} pare_level_matrix;

enum { PARE_ARITHMETIC_LARGEST = 65535, PARE_ARITHMETIC_PERIOD = 256, PARE_ARITHMETIC_LENGTH = 32768 };

/* What coding took: the model's own ideal lengths, Σ −log₂ p, where they are asked for, and how many binary decisions there were. */
typedef struct pare_arithmetic_cost {
    double position_bits;
    double value_bits;
    int64_t bins;
} pare_arithmetic_cost;

/* The code, in memory that the caller frees with free(); NULL without memory. `measures` also sums ideal lengths. */
uint8_t *pare_arithmetic_encode(
    const int32_t *levels, const pare_level_matrix *matrix, int measures, size_t *size, pare_arithmetic_cost *cost);

/* 0, or why there are no levels: 1 the bytes end early, 2 bytes are left (`offset` is where), 3 a level is out of range, 4 no memory. */
int pare_arithmetic_decode(
    const uint8_t *bytes, size_t size, const pare_level_matrix *matrix, int32_t *levels, size_t *offset);

/* About how many bits the code of these levels takes: entropies of whether weights are 0 by how full line and place are and by neighbours, of
   magnitudes by the means of line, place and neighbours, of signs by neighbours, and what such tables cost to learn; −1 without memory.
   Cost: four passes of counting, about a fifth of coding. */
double pare_estimate_bits(const int32_t *levels, const pare_level_matrix *matrix);

#endif
