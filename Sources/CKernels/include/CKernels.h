#ifndef PARE_CKERNELS_H
#define PARE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Inner loops over weights. No state, no threads; each has its plain Swift reference and a test that runs both. */

/* How many of n values have an absolute value above threshold. NaN does not count. */
size_t pare_count_above(const float *values, size_t n, float threshold);

#endif
