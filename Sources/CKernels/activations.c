#include "CKernels.h"

#include "clones.h"

#include <math.h>

/* Comparisons are written so that NaN goes through. */
PARE_CLONES
void pare_quantize_clipped(const float *values, size_t n, float clip, int bits, float *quantized) {
    const float steps = (float)((1 << bits) - 1);
    const float scale = clip > 0 ? steps / clip : 0, step = clip > 0 ? clip / steps : 0;
    for (size_t i = 0; i < n; i++) {
        const float low = values[i] <= 0 ? 0 : values[i];
        const float cut = low >= clip ? clip : low;
        quantized[i] = nearbyintf(cut * scale) * step;
    }
}

PARE_CLONES
double pare_quantize_clipped_backward(const float *values, const float *slopes, size_t n, float clip, float *result) {
    double sums[8] = {0};
    for (size_t i = 0; i < n; i++) {
        const float slope = slopes[i];
        sums[i % 8] += values[i] >= clip ? (double)slope : 0;
        result[i] = values[i] > 0 && values[i] < clip ? slope : 0;
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

PARE_CLONES
void pare_sign(const float *values, size_t n, float *signs) {
    for (size_t i = 0; i < n; i++) signs[i] = values[i] >= 0 ? 1 : values[i] < 0 ? -1 : values[i];
}

PARE_CLONES
void pare_sign_backward(const float *values, const float *slopes, size_t n, float *result) {
    for (size_t i = 0; i < n; i++) result[i] = fabsf(values[i]) <= 1 ? slopes[i] : 0;
}
