#ifndef PARE_SUMS_H
#define PARE_SUMS_H

#include <stddef.h>

/* Where the sums of blocks of ascending values go, and what they are about. */
typedef struct {
    float *heads;
    double *sums, *squares;
    double centre;
} BlockSums;

/* Heads and sums of the blocks first ..< last of n values, each alone: in any order, the bits are the same. */
void pare_sum_blocks(const float *values, size_t n, size_t first, size_t last, const BlockSums *sums);

/* Turns the sums of blocks into the sums before each. */
void pare_accumulate_blocks(size_t blocks, const BlockSums *sums);

#endif
