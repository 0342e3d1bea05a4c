#include "CKernels.h"

#include "clones.h"

#include <math.h>

#define MAYBE __attribute__((unused))

/* A loop for each way that the steps of two operands may be, so that each is vectorized. */
#define OVER_ROWS(expression)                                                                          \
    do {                                                                                               \
        const float *p = first.values, *q = second.values;                                             \
        if (first.step && second.step) {                                                               \
            for (size_t i = 0; i < n; i++) { MAYBE const float a = p[i], b = q[i]; result[i] = (expression); }  \
        } else if (first.step) {                                                                       \
            MAYBE const float b = q[0];                                                                \
            for (size_t i = 0; i < n; i++) { MAYBE const float a = p[i]; result[i] = (expression); }   \
        } else if (second.step) {                                                                      \
            MAYBE const float a = p[0];                                                                \
            for (size_t i = 0; i < n; i++) { MAYBE const float b = q[i]; result[i] = (expression); }   \
        } else {                                                                                       \
            MAYBE const float a = p[0], b = q[0];                                                      \
            for (size_t i = 0; i < n; i++) result[i] = (expression);                                   \
        }                                                                                              \
    } while (0)

static inline int is_square(pare_row exponent) { return exponent.step == 0 && exponent.values[0] == 2; }

static inline float base_slope(float a, float b) { return b == 0 ? 0 : b * powf(a, b - 1); }
static inline float exponent_slope(float a, float b) { return a == 0 && b >= 0 ? 0 : powf(a, b) * logf(a); }

PARE_CLONES
void pare_combine_slopes(
    pare_combination function, int second_one, pare_row first, pare_row second, const float *slopes, size_t n, float *result) {
    switch (function) {
    case PARE_COMBINE_ADD: for (size_t i = 0; i < n; i++) result[i] = slopes[i]; break;
    case PARE_COMBINE_SUBTRACT: for (size_t i = 0; i < n; i++) result[i] = second_one ? -slopes[i] : slopes[i]; break;
    case PARE_COMBINE_MULTIPLY:
        if (second_one) OVER_ROWS(slopes[i] * a);
        else OVER_ROWS(slopes[i] * b);
        break;
    case PARE_COMBINE_DIVIDE:
        if (second_one) OVER_ROWS(-slopes[i] * a / (b * b));
        else OVER_ROWS(slopes[i] / b);
        break;
    case PARE_COMBINE_POWER:
        if (second_one) OVER_ROWS(slopes[i] * exponent_slope(a, b));
        else if (is_square(second)) OVER_ROWS(slopes[i] * 2 * a);
        else OVER_ROWS(slopes[i] * base_slope(a, b));
        break;
    case PARE_COMBINE_LEAKY:
        if (second_one) OVER_ROWS(a < 0 ? slopes[i] * a : 0);
        else OVER_ROWS(a < 0 ? slopes[i] * b : slopes[i]);
        break;
    default: break;
    }
}

PARE_CLONES
void pare_take_slopes(pare_row candidate, const float *made, size_t n, float *slopes, float *result) {
    for (size_t i = 0; i < n; i++) {
        const int won = candidate.values[candidate.step * i] == made[i];
        result[i] = won ? slopes[i] : 0;
        slopes[i] = won ? 0 : slopes[i];
    }
}

PARE_CLONES
void pare_select_slopes(pare_row condition, int is_zero, const float *slopes, size_t n, float *result) {
    for (size_t i = 0; i < n; i++) result[i] = (condition.values[condition.step * i] == 0) == (is_zero != 0) ? slopes[i] : 0;
}

PARE_CLONES
double pare_total(const float *values, size_t n) {
    double sums[4] = { 0 };
    size_t i = 0;
    for (; i + 4 <= n; i += 4) for (size_t j = 0; j < 4; j++) sums[j] += values[i + j];
    for (; i < n; i++) sums[0] += values[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}
