#include "CKernels.h"
#include "clones.h"

#include <float.h>
#include <math.h>

PARE_CLONES
size_t pare_count_above(const float *values, size_t n, float threshold) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += fabsf(values[i]) > threshold;
    return count;
}

PARE_CLONES
void pare_keep_above(const float *values, size_t n, float threshold, float *kept) {
    for (size_t i = 0; i < n; i++) kept[i] = fabsf(values[i]) > threshold ? values[i] : 0.0f;
}

/* The table is padded to 2^steps − 1 boundaries, so that every weight takes the same steps without a branch. */
static inline __attribute__((always_inline)) void assign(
    const float *values, size_t n, const float *table, const int steps, uint8_t *indexes
) {
    for (size_t i = 0; i < n; i++) {
        float value = values[i];
        uint32_t index = 0;
        for (uint32_t step = 1u << steps >> 1; step > 0; step >>= 1) index += table[index + step - 1] < value ? step : 0;
        indexes[i] = (uint8_t)index;
    }
}

PARE_CLONES
void pare_assign(const float *values, size_t n, const float *boundaries, size_t count, uint8_t *indexes) {
    float table[255];
    for (size_t i = 0; i < 255; i++) table[i] = i < count ? boundaries[i] : INFINITY;
    if (count < 2) assign(values, n, table, 1, indexes);
    else if (count < 4) assign(values, n, table, 2, indexes);
    else if (count < 8) assign(values, n, table, 3, indexes);
    else if (count < 16) assign(values, n, table, 4, indexes);
    else if (count < 32) assign(values, n, table, 5, indexes);
    else if (count < 64) assign(values, n, table, 6, indexes);
    else assign(values, n, table, 8, indexes);
}

/* The nearest integer, ties to even, for |x| < 2^51: adding 1.5 · 2^52 leaves no room for a fraction. */
static inline __attribute__((always_inline)) double rounded(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

/* The quotient of two floats in double never rounds onto a tie that it is not: a tie has at most 33 bits. */
static inline __attribute__((always_inline)) double code_of(float value, double scale, double low, double high) {
    double code = (double)value / scale;
    code = code < low ? low : code;
    code = code > high ? high : code;
    return rounded(code) + 0.0;
}

static inline __attribute__((always_inline)) float level_of(float value, double scale, double low, double high) {
    double level = code_of(value, scale, low, high) * scale;
    level = level < -FLT_MAX ? -FLT_MAX : level;
    return (float)(level > FLT_MAX ? FLT_MAX : level);
}

PARE_CLONES
void pare_quantize(const float *values, size_t n, float scale, int low, int high, float *quantized) {
    for (size_t i = 0; i < n; i++) quantized[i] = level_of(values[i], scale, low, high);
}

PARE_CLONES
double pare_quantization_error(const float *values, size_t n, float scale, int low, int high) {
    enum { LANES = 16 };
    double lanes[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            double error = (double)values[i + lane] - (double)level_of(values[i + lane], scale, low, high);
            lanes[lane] += error * error;
        }
    for (; i < n; i++) {
        double error = (double)values[i] - (double)level_of(values[i], scale, low, high);
        lanes[0] += error * error;
    }
    for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
    return sum;
}
