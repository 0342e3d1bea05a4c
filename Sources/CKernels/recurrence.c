#include "recurrence.h"

#include "clones.h"

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* e^x for |x| below 88: 2^k times the Taylor polynomial of degree 7, relative error below 2e-7. NaN stays. */
INLINE float exponential(float x) {
    const float rounder = 12582912.0f;
    const float k = (x * 1.44269504f + rounder) - rounder;
    const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
    const float sum = 1.0f / 720 + r * (1.0f / 5040);
    const float p = 1.0f + r * (1.0f + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r * sum)))));
    const float whole = k != k ? 0 : k;
    const int32_t bits = ((int32_t)whole + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

INLINE float sigmoid(float x) {
    const float low = x < -87.0f ? -87.0f : x;
    const float cut = low > 87.0f ? 87.0f : low;
    return 1.0f / (1.0f + exponential(-cut));
}

INLINE float hyperbolic_tangent(float x) {
    const float size = fabsf(x);
    const float cut = size > 20.0f ? 20.0f : size;
    const float e = exponential(-2.0f * cut);
    const float far = (1.0f - e) / (1.0f + e);
    const float s = x * x;
    const float near = size * (1.0f + s * (-1.0f / 3 + s * (2.0f / 15 + s * (-17.0f / 315 + s * (62.0f / 2835)))));
    return copysignf(size < 0.3f ? near : far, x);
}

INLINE int counts(const pare_recurrent_step *step, size_t row) { return !step->lengths || step->step < step->lengths[row]; }

/* A step that does not count leaves the states as they are. */
INLINE void pass(const pare_recurrent_step *step, size_t row) {
    const size_t n = step->hidden, at = row * n;
    if (step->hidden_after != step->hidden_before) memcpy(step->hidden_after + at, step->hidden_before + at, n * sizeof(float));
    if (step->cells_after && step->cells_after != step->cells_before)
        memcpy(step->cells_after + at, step->cells_before + at, n * sizeof(float));
    if (step->output) memset(step->output + at, 0, n * sizeof(float));
}

INLINE void show(const pare_recurrent_step *step, size_t row) {
    const size_t n = step->hidden, at = row * n;
    if (step->output && step->output != step->hidden_after) memcpy(step->output + at, step->hidden_after + at, n * sizeof(float));
}

/* gates += inputs and biases, for blocks first…last of a row. */
INLINE void join(const pare_recurrent_step *step, size_t row, size_t gates, size_t first, size_t last) {
    const size_t n = step->hidden;
    const float *from = step->inputs + row * step->input_stride;
    float *to = step->gates + row * gates * n;
    for (size_t i = first * n; i < last * n; i++) to[i] += from[i];
    if (!step->input_bias) return;
    for (size_t i = first * n; i < last * n; i++) to[i] += step->input_bias[i] + step->state_bias[i];
}

PARE_CLONES
void pare_lstm_step(const pare_recurrent_step *step) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!counts(step, row)) {
            pass(step, row);
            continue;
        }
        join(step, row, 4, 0, 4);
        float *gates = step->gates + row * 4 * n, *after = step->hidden_after + row * n, *cells = step->cells_after + row * n;
        const float *before = step->cells_before + row * n;
        for (size_t i = 0; i < n; i++) {
            const float in = sigmoid(gates[i]), out = sigmoid(gates[n + i]), forget = sigmoid(gates[2 * n + i]);
            const float news = hyperbolic_tangent(gates[3 * n + i]);
            const float cell = forget * before[i] + in * news;
            gates[i] = in;
            gates[n + i] = out;
            gates[2 * n + i] = forget;
            gates[3 * n + i] = news;
            cells[i] = cell;
            after[i] = out * hyperbolic_tangent(cell);
        }
        show(step, row);
    }
}

PARE_CLONES
void pare_gru_reset(const pare_recurrent_step *step, float *scaled) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        join(step, row, 3, 0, 2);
        float *gates = step->gates + row * 3 * n;
        const float *before = step->hidden_before + row * n;
        for (size_t i = 0; i < 2 * n; i++) gates[i] = sigmoid(gates[i]);
        for (size_t i = 0; i < n; i++) scaled[row * n + i] = gates[n + i] * before[i];
    }
}

PARE_CLONES
void pare_gru_step(const pare_recurrent_step *step, int resets_after) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!counts(step, row)) {
            pass(step, row);
            continue;
        }
        float *gates = step->gates + row * 3 * n, *last = gates + 2 * n, *after = step->hidden_after + row * n;
        const float *before = step->hidden_before + row * n, *from = step->inputs + row * step->input_stride + 2 * n;
        if (resets_after) {
            join(step, row, 3, 0, 2);
            for (size_t i = 0; i < 2 * n; i++) gates[i] = sigmoid(gates[i]);
            if (step->state_bias)
                for (size_t i = 0; i < n; i++) last[i] += step->state_bias[2 * n + i];
            if (step->product) memcpy(step->product + row * n, last, n * sizeof(float));
            for (size_t i = 0; i < n; i++) last[i] = last[i] * gates[n + i] + from[i];
            if (step->input_bias)
                for (size_t i = 0; i < n; i++) last[i] += step->input_bias[2 * n + i];
        } else {
            join(step, row, 3, 2, 3);
        }
        for (size_t i = 0; i < n; i++) {
            const float news = hyperbolic_tangent(last[i]), update = gates[i];
            last[i] = news;
            after[i] = (1.0f - update) * news + update * before[i];
        }
        show(step, row);
    }
}

PARE_CLONES
void pare_rnn_step(const pare_recurrent_step *step, int is_relu) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!counts(step, row)) {
            pass(step, row);
            continue;
        }
        join(step, row, 1, 0, 1);
        float *gates = step->gates + row * n, *after = step->hidden_after + row * n;
        if (is_relu) {
            for (size_t i = 0; i < n; i++) gates[i] = gates[i] < 0 ? 0 : gates[i];
        } else {
            for (size_t i = 0; i < n; i++) gates[i] = hyperbolic_tangent(gates[i]);
        }
        memcpy(after, gates, n * sizeof(float));
        show(step, row);
    }
}

/* Writes or adds a row of slopes by the pre-activations, for blocks first…last. */
INLINE void hand_on(
    const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, size_t row, const float *values, size_t first, size_t last) {
    if (!slopes->input_side) return;
    const size_t n = step->hidden;
    float *to = slopes->input_side + row * step->input_stride;
    if (slopes->adds) {
        for (size_t i = first * n; i < last * n; i++) to[i] += values[i];
    } else {
        memcpy(to + first * n, values + first * n, (last - first) * n * sizeof(float));
    }
}

/* The slopes of a row of the state after the step, with those of the output; 0 and all slopes none where the step does not count. */
INLINE int begin(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, size_t row, size_t gates) {
    const size_t n = step->hidden;
    float *state = slopes->hidden_slopes + row * n;
    if (!counts(step, row)) {
        float *side = slopes->state_side + row * gates * n;
        memset(side, 0, gates * n * sizeof(float));
        hand_on(step, slopes, row, side, 0, gates);
        return 0;
    }
    if (slopes->above)
        for (size_t i = 0; i < n; i++) state[i] += slopes->above[row * n + i];
    return 1;
}

PARE_CLONES
void pare_lstm_step_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!begin(step, slopes, row, 4)) continue;
        const float *gates = step->gates + row * 4 * n, *before = step->cells_before + row * n, *after = step->cells_after + row * n;
        float *state = slopes->hidden_slopes + row * n, *cells = slopes->cell_slopes + row * n;
        float *side = slopes->state_side + row * 4 * n;
        for (size_t i = 0; i < n; i++) {
            const float in = gates[i], out = gates[n + i], forget = gates[2 * n + i], news = gates[3 * n + i];
            const float shown = hyperbolic_tangent(after[i]);
            const float cell = cells[i] + state[i] * out * (1.0f - shown * shown);
            side[i] = cell * news * in * (1.0f - in);
            side[n + i] = state[i] * shown * out * (1.0f - out);
            side[2 * n + i] = cell * before[i] * forget * (1.0f - forget);
            side[3 * n + i] = cell * in * (1.0f - news * news);
            cells[i] = cell * forget;
            state[i] = 0;
        }
        hand_on(step, slopes, row, side, 0, 4);
    }
}

PARE_CLONES
void pare_gru_step_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, int resets_after) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!begin(step, slopes, row, 3)) continue;
        const float *gates = step->gates + row * 3 * n, *before = step->hidden_before + row * n;
        float *state = slopes->hidden_slopes + row * n, *side = slopes->state_side + row * 3 * n;
        for (size_t i = 0; i < n; i++) {
            const float update = gates[i], news = gates[2 * n + i], slope = state[i];
            side[i] = slope * (before[i] - news) * update * (1.0f - update);
            side[2 * n + i] = slope * (1.0f - update) * (1.0f - news * news);
            state[i] = slope * update;
        }
        if (!resets_after) continue;
        const float *product = step->product + row * n;
        for (size_t i = 0; i < n; i++) {
            const float reset = gates[n + i];
            side[n + i] = side[2 * n + i] * product[i] * reset * (1.0f - reset);
        }
        hand_on(step, slopes, row, side, 0, 3);
        for (size_t i = 0; i < n; i++) side[2 * n + i] *= gates[n + i];
    }
}

PARE_CLONES
void pare_gru_reset_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, const float *scaled_slopes) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!counts(step, row)) continue;
        const float *gates = step->gates + row * 3 * n, *before = step->hidden_before + row * n, *scaled = scaled_slopes + row * n;
        float *state = slopes->hidden_slopes + row * n, *side = slopes->state_side + row * 3 * n;
        for (size_t i = 0; i < n; i++) {
            const float reset = gates[n + i];
            side[n + i] = scaled[i] * before[i] * reset * (1.0f - reset);
            state[i] += scaled[i] * reset;
        }
        hand_on(step, slopes, row, side, 0, 3);
    }
}

PARE_CLONES
void pare_rnn_step_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, int is_relu) {
    const size_t n = step->hidden;
    for (size_t row = 0; row < step->rows; row++) {
        if (!begin(step, slopes, row, 1)) continue;
        const float *gates = step->gates + row * n;
        float *state = slopes->hidden_slopes + row * n, *side = slopes->state_side + row * n;
        for (size_t i = 0; i < n; i++) {
            side[i] = state[i] * (is_relu ? (gates[i] > 0 ? 1.0f : 0.0f) : 1.0f - gates[i] * gates[i]);
            state[i] = 0;
        }
        hand_on(step, slopes, row, side, 0, 1);
    }
}
