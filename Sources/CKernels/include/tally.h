#ifndef PARE_TALLY_H
#define PARE_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* Counts of stored numbers by their bits: one pass over memory, after which order, histograms and moments need the weights no more.
   A count is the sum over its tables. Those of bytes overflow into `counts`, 256 at a time. */

enum { PARE_TALLIES = 4, PARE_FINE_BITS = 20 };

/* low[2][65536], counts[65536]: numbers of 16 bits by all their bits. source needs no alignment. */
void pare_tally_16(const void *source, size_t n, uint8_t *low, uint32_t *counts);

/* counts[PARE_TALLIES][256]: numbers of 8 bits, in tables by turns, so that equal neighbours do not wait for each other. */
void pare_tally_8(const void *source, size_t n, uint32_t *counts);

/* Σ (w − centre), Σ (w − centre)², the least and the largest of finite numbers. */
typedef struct pare_float_sums {
    double first, second;
    float least, largest;
} pare_float_sums;

/* low and counts[2^PARE_FINE_BITS]: float32 by their upper 20 bits (sign, exponent, 11 of 23 digits); adds to sums. NaN spoils the sums, and is seen
   in the counts. */
void pare_tally_32(const float *values, size_t n, double centre, uint8_t *low, uint32_t *counts, pare_float_sums *sums);

#endif
