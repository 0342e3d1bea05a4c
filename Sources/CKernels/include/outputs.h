#ifndef PARE_OUTPUTS_H
#define PARE_OUTPUTS_H

#include <stddef.h>

/* What a layer gives for one example, value (c, p) at c * channel_step + p * pixel_step, less the shift of its channel: rows[c * row_length + p].
   Adds the sum of each row to sums[c] in double. */
void pare_centre_rows(
    const float *values, size_t channels, size_t pixels, size_t channel_step, size_t pixel_step, const float *shift, float *rows,
    size_t row_length, double *sums);

#endif
