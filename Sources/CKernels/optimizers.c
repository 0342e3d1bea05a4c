#include "optimizers.h"
#include "clones.h"

#include <math.h>

/* One definition each: `is_kept` and `is_nesterov` are constants where these are inlined, so that the loops stay vectors. */

static inline __attribute__((always_inline)) void sgd(
    float *restrict values, const float *restrict gradients, float *restrict momenta, const uint8_t *restrict kept, size_t n,
    pare_sgd p, const int is_masked, const int is_nesterov
) {
    for (size_t i = 0; i < n; i++) {
        float gradient = gradients[i] + p.decay * values[i];
        float momentum = p.momentum * momenta[i] + gradient;
        float step = is_nesterov ? gradient + p.momentum * momentum : momentum;
        float value = values[i] - p.rate * step;
        int moves = !is_masked || kept[i];
        momenta[i] = moves ? momentum : momenta[i];
        values[i] = moves ? value : values[i];
    }
}

PARE_CLONES
void pare_sgd_step(float *values, const float *gradients, float *momenta, const uint8_t *kept, size_t n, pare_sgd p) {
    if (kept) {
        if (p.is_nesterov) sgd(values, gradients, momenta, kept, n, p, 1, 1);
        else sgd(values, gradients, momenta, kept, n, p, 1, 0);
    } else {
        if (p.is_nesterov) sgd(values, gradients, momenta, kept, n, p, 0, 1);
        else sgd(values, gradients, momenta, kept, n, p, 0, 0);
    }
}

static inline __attribute__((always_inline)) void adam(
    float *restrict values, const float *restrict gradients, float *restrict first, float *restrict second,
    const uint8_t *restrict kept, size_t n, pare_adam p, const int is_masked
) {
    for (size_t i = 0; i < n; i++) {
        float gradient = gradients[i];
        float mean = first[i] + p.first_share * (gradient - first[i]);
        float square = p.second_keep * second[i] + p.second_share * gradient * gradient;
        float root = sqrtf(square) / p.second_correction + p.epsilon;
        float value = values[i] * p.shrink - p.step * (mean / root);
        int moves = !is_masked || kept[i];
        first[i] = moves ? mean : first[i];
        second[i] = moves ? square : second[i];
        values[i] = moves ? value : values[i];
    }
}

PARE_CLONES
void pare_adam_step(
    float *values, const float *gradients, float *first, float *second, const uint8_t *kept, size_t n, pare_adam p
) {
    if (kept) adam(values, gradients, first, second, kept, n, p, 1);
    else adam(values, gradients, first, second, kept, n, p, 0);
}

PARE_CLONES
void pare_add_signs(const float *values, size_t n, float strength, float *gradients) {
    for (size_t i = 0; i < n; i++) {
        float sign = (float)(values[i] > 0) - (float)(values[i] < 0);
        gradients[i] += strength * sign;
    }
}

PARE_CLONES
void pare_scale(float *values, size_t n, float factor) {
    for (size_t i = 0; i < n; i++) values[i] *= factor;
}

PARE_CLONES
void pare_copy_kept(const float *values, const uint8_t *kept, size_t n, float *result) {
    for (size_t i = 0; i < n; i++) result[i] = kept[i] ? values[i] : 0.0f;
}

PARE_CLONES
void pare_zero_outside(const float *values, size_t n, float low, float high, float *gradients) {
    for (size_t i = 0; i < n; i++) gradients[i] = values[i] >= low && values[i] <= high ? gradients[i] : 0.0f;
}

void pare_look_up(const uint8_t *indexes, size_t n, const float *book, float *values) {
    for (size_t i = 0; i < n; i++) values[i] = book[indexes[i]];
}

/* Four sums side by side, so that neighbours of one cluster do not wait for each other. */
void pare_sum_by_index(const float *values, const uint8_t *indexes, size_t n, double *sums, size_t count) {
    double lanes[4][256] = {{0}};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t lane = 0; lane < 4; lane++) lanes[lane][indexes[i + lane]] += (double)values[i + lane];
    for (; i < n; i++) lanes[0][indexes[i]] += (double)values[i];
    for (size_t k = 0; k < count; k++) sums[k] = (lanes[0][k] + lanes[1][k]) + (lanes[2][k] + lanes[3][k]);
}

/* The nearest integer, ties to even. */
static inline __attribute__((always_inline)) double rounded(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

enum { LANES = 16 };

PARE_CLONES
double pare_scale_gradient(
    const float *values, const float *gradients, const uint8_t *kept, size_t n, float scale, int low, int high
) {
    double sums[LANES] = {0};
    for (size_t i = 0; i < n; i++) {
        double code = (double)values[i] / (double)scale;
        double inside = rounded(code) - code;
        double slope = code < low ? (double)low : code > high ? (double)high : inside;
        double product = (double)gradients[i] * slope;
        sums[i % LANES] += !kept || kept[i] ? product : 0.0;
    }
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += sums[lane];
    return sum;
}

PARE_CLONES
void pare_add_squares(const float *values, size_t n, float *sums) {
    for (size_t i = 0; i < n; i++) sums[i] += values[i] * values[i];
}
