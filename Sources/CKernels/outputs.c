#include "CKernels.h"

#include "clones.h"

PARE_CLONES
void pare_centre_rows(
    const float *values, size_t channels, size_t pixels, size_t channel_step, size_t pixel_step, const float *shift, float *rows,
    size_t row_length, double *sums) {
    for (size_t c = 0; c < channels; c++) {
        const float *own = values + c * channel_step, centre = shift[c];
        float *row = rows + c * row_length;
        double sum = 0;
        for (size_t p = 0; p < pixels; p++) {
            const float value = own[p * pixel_step] - centre;
            row[p] = value;
            sum += (double)value;
        }
        sums[c] += sum;
    }
}
