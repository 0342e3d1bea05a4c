#include "CKernels.h"

#include "clones.h"

#include <math.h>

PARE_CLONES
int pare_multiples(
    const float *weights, size_t rows, size_t columns, const float *steps, int kind, int8_t *codes, int *lowest, int *highest) {
    int least = 0, most = 0, fits = 1;
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            const float step = steps[kind == PARE_STEP_A_ROW ? row : kind == PARE_STEP_A_COLUMN ? column : 0];
            const float weight = weights[row * columns + column];
            const float multiple = step > 0 ? nearbyintf(weight / step) : 0;
            const int isSmall = multiple >= -255 && multiple <= 255;
            const int code = isSmall ? (int)multiple : 0;
            fits &= isSmall && (float)code * step == weight;
            least = code < least ? code : least;
            most = code > most ? code : most;
            if (codes) codes[row * columns + column] = (int8_t)(code < -128 ? -128 : code > 127 ? 127 : code);
        }
    }
    *lowest = least;
    *highest = most;
    return fits;
}

PARE_CLONES
size_t pare_levels(const float *values, size_t n, float clip, int bits, uint8_t *levels) {
    const float steps = (float)((1 << bits) - 1);
    const float scale = clip > 0 ? steps / clip : 0;
    uint32_t lost = 0;
    for (size_t i = 0; i < n; i++) {
        const float value = values[i];
        lost |= value != value;
        const float low = value > 0 ? value : 0;
        const float cut = low >= clip ? clip : low;
        levels[i] = (uint8_t)(int32_t)nearbyintf(cut * scale);
    }
    if (!lost) return 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += values[i] != values[i];
    return count;
}

PARE_CLONES
void pare_level_values(const uint8_t *levels, size_t n, float clip, int bits, float *values) {
    const float step = clip > 0 ? clip / (float)((1 << bits) - 1) : 0;
    for (size_t i = 0; i < n; i++) values[i] = (float)levels[i] * step;
}

/* FIRST and SECOND are the two numbers at i. */
#define PARE_SUM(FIRST, SECOND)                          \
    for (size_t i = 0; i < n; i++) {                     \
        const float first_term = (FIRST);                \
        const float second_term = (SECOND);              \
        const float sum = first_term + second_term;      \
        lost += sum != sum;                              \
        const float low = sum > 0 ? sum : 0;             \
        const float cut = low >= clip ? clip : low;      \
        levels[i] = (uint8_t)(int32_t)nearbyintf(cut * scale); \
    }

PARE_CLONES
size_t pare_sum_levels(const pare_term *first, const pare_term *second, size_t n, float clip, int bits, uint8_t *levels) {
    const float steps = (float)((1 << bits) - 1);
    const float scale = clip > 0 ? steps / clip : 0;
    const float *const a = first->values, *const b = second->values;
    const uint8_t *const p = first->levels, *const q = second->levels;
    const float step = first->clip > 0 ? first->clip / (float)((1 << first->bits) - 1) : 0;
    const float pace = second->clip > 0 ? second->clip / (float)((1 << second->bits) - 1) : 0;
    uint32_t lost = 0;
    if (a && b) {
        PARE_SUM(a[i], b[i])
    } else if (a) {
        PARE_SUM(a[i], (float)q[i] * pace)
    } else if (b) {
        PARE_SUM((float)p[i] * step, b[i])
    } else {
        PARE_SUM((float)p[i] * step, (float)q[i] * pace)
    }
    return lost;
}

PARE_CLONES
void pare_finish_sums(
    const int32_t *sums, size_t rows, size_t channels, const float *scales, const float *bias, int with_relu, float *results) {
    for (size_t row = 0; row < rows; row++, sums += channels, results += channels) {
        for (size_t channel = 0; channel < channels; channel++) {
            const float product = (float)sums[channel] * scales[channel];
            const float result = bias ? product + bias[channel] : product;
            results[channel] = with_relu && result < 0 ? 0 : result;
        }
    }
}

PARE_CLONES
size_t pare_finish_levels(
    const int32_t *sums, size_t rows, size_t channels, const float *scales, const float *bias, float clip, int bits,
    uint8_t *levels) {
    const float steps = (float)((1 << bits) - 1);
    const float scale = clip > 0 ? steps / clip : 0;
    size_t lost = 0;
    for (size_t row = 0; row < rows; row++, sums += channels, levels += channels) {
        uint32_t some = 0;
        for (size_t channel = 0; channel < channels; channel++) {
            const float product = (float)sums[channel] * scales[channel];
            const float result = bias ? product + bias[channel] : product;
            some |= result != result;
            const float low = result > 0 ? result : 0;
            const float cut = low >= clip ? clip : low;
            levels[channel] = (uint8_t)(int32_t)nearbyintf(cut * scale);
        }
        lost += some;
    }
    return lost;
}
