#include "arithmetic.h"

#include <math.h>

#include "level_model.h"
#include "range_coder.h"

/* Everything that adapts, and the last three lines. Places outside a line are 0. */
typedef struct model {
    pare_tables tables;
    pare_counter near[256], fullness[256], around[256], busy[256];
    pare_counter sign_any, sign_near[9], sign_above[27], sign_sum[13], sign_place[15];
    pare_counter magnitude[5][PARE_MAGNITUDE_CONTEXTS * PARE_NODES];
    pare_mixer significance[10], sign, exponent[32], mantissa[32];
    int32_t *lines, *current, *previous, *before;
    int32_t *filled, *signs;
    int64_t *magnitudes;
    int64_t all, others, magnitude_sum;
    int64_t line_filled, line_magnitudes;
} model;

/* Either an encoder or a decoder, and what it cost. */
typedef struct channel {
    pare_range_encoder *encoder;
    pare_range_decoder *decoder;
    int measures;
    double *bits;
    int64_t bins;
} channel;

static void fill(pare_counter *counters, size_t count) {
    for (size_t i = 0; i < count; i++) counters[i] = PARE_HALF;
}

static void weigh(pare_mixer *mixers, size_t count, int32_t first, int32_t later) {
    for (size_t i = 0; i < count; i++)
        for (int input = 0; input < PARE_INPUTS; input++) mixers[i].weights[input] = input < 3 ? first : later;
}

static void free_model(model *m) {
    if (!m) return;
    free(m->lines);
    free(m->filled);
    free(m->magnitudes);
    free(m);
}

static model *make_model(const pare_level_matrix *matrix) {
    model *m = calloc(1, sizeof(model));
    if (!m) return NULL;
    size_t margin = (size_t)matrix->period + 16, width = matrix->length + 2 * margin;
    m->lines = calloc(3 * width, sizeof(int32_t));
    m->filled = calloc(2 * width, sizeof(int32_t));
    m->magnitudes = calloc(width, sizeof(int64_t));
    if (!m->lines || !m->filled || !m->magnitudes) {
        free_model(m);
        return NULL;
    }
    m->current = m->lines;
    m->previous = m->current + width;
    m->before = m->previous + width;
    m->signs = m->filled + width;
    m->all = 2;
    m->others = 1;
    pare_make_tables(&m->tables);
    fill(m->near, 256), fill(m->fullness, 256), fill(m->around, 256), fill(m->busy, 256);
    fill(&m->sign_any, 1), fill(m->sign_near, 9), fill(m->sign_above, 27), fill(m->sign_sum, 13), fill(m->sign_place, 15);
    for (int i = 0; i < 5; i++) fill(m->magnitude[i], PARE_MAGNITUDE_CONTEXTS * PARE_NODES);
    weigh(m->significance, 10, 16000, 10000);
    weigh(&m->sign, 1, 20000, 20000);
    weigh(m->exponent, 32, 18000, 18000), weigh(m->mantissa, 32, 18000, 18000);
    return m;
}

/* One binary decision: mixed, coded, learned by the mixer. */
static inline __attribute__((always_inline)) int decide(
    channel *channel, const pare_tables *tables, pare_mixer *mixer, const int *inputs, int count, int bit, const int decodes
) {
    int one = pare_probability(tables, mixer, inputs, count);
    if (decodes) bit = pare_range_decode(channel->decoder, (uint32_t)one);
    else pare_range_encode(channel->encoder, bit, (uint32_t)one);
    if (!decodes && channel->measures) *channel->bits -= log2(bit ? one / 65536.0 : 1 - one / 65536.0);
    channel->bins++;
    pare_mixer_learn(mixer, inputs, count, one, bit);
    return bit;
}

static inline int is_other(int32_t level) { return level != 0; }
/* 0, 1 for a negative level, 2 for a positive one. */
static inline int side(int32_t level) { return level == 0 ? 0 : level < 0 ? 1 : 2; }
static inline int direction(int32_t level) { return (level > 0) - (level < 0); }
static inline int32_t magnitude_of(int32_t level) { return level < 0 ? -level : level; }

/* Others in the `from` … `to` places around. */
static inline int count_others(const int32_t *at, int from, int to) {
    int count = 0;
    for (int place = from; place <= to; place++) count += is_other(at[place]);
    return count;
}

static inline __attribute__((always_inline)) int code_significance(
    model *m, channel *channel, size_t line, size_t place, int period, int bit, const int decodes
) {
    const pare_tables *tables = &m->tables;
    const int32_t *current = m->current + place, *previous = m->previous + place, *before = m->before + place;
    const int32_t *filled = m->filled + place;
    int64_t overall = m->others * 65535 / m->all;
    int64_t around = filled[-1] + filled[1], neighbours = 2;
    if (period) around += filled[-period] + filled[period], neighbours += 2;
    int column = pare_stretched_fraction(tables, ((int64_t)filled[0] * 65536 + 3 * overall) / ((int64_t)line + 3));
    int row = pare_stretched_fraction(tables, (m->line_filled * 65536 + 8 * overall) / ((int64_t)(place - (size_t)period - 16) + 8));
    int area = pare_stretched_fraction(tables, (around * 65536 + 3 * overall) / (neighbours * (int64_t)line + 3));
    int near = is_other(current[-1]) | is_other(previous[0]) << 1 | is_other(previous[-1]) << 2 | is_other(previous[1]) << 3
        | is_other(current[-2]) << 4 | is_other(before[0]) << 5;
    int left = count_others(current, -8, -1), beside = count_others(previous, -3, 3) + count_others(before, -3, 3);
    if (period) {
        near |= is_other(current[-period]) << 6 | is_other(current[1 - period]) << 7;
        beside += count_others(current - period, -2, 2);
    }
    pare_counter *counters[4] = {
        &m->near[near], &m->fullness[pare_bucket(column) * 16 + pare_bucket(row)],
        &m->around[pare_bucket(area) * 16 + pare_bucket(column)],
        &m->busy[pare_limited(left, 0, 7) * 16 + pare_limited(beside, 0, 15)],
    };
    int inputs[PARE_INPUTS] = {column, row, area};
    for (int i = 0; i < 4; i++) inputs[3 + i] = pare_stretched(tables, *counters[i]);
    inputs[7] = pare_stretched_fraction(tables, overall);
    bit = decide(channel, tables, &m->significance[pare_limited(pare_bit_width(line), 0, 9)], inputs, 8, bit, decodes);
    for (int i = 0; i < 4; i++) pare_counter_learn(tables, counters[i], bit, PARE_SLOW);
    return bit;
}

static inline __attribute__((always_inline)) int code_sign(
    model *m, channel *channel, size_t place, int period, int bit, const int decodes
) {
    const pare_tables *tables = &m->tables;
    const int32_t *current = m->current + place, *previous = m->previous + place;
    int sum = 0;
    for (int left = 1; left <= 3; left++) sum += direction(current[-left]);
    int above = side(previous[-1]) * 3 + side(previous[1]);
    if (period) {
        for (int beside = -2; beside <= 2; beside++) sum += direction(current[beside - period]);
        above = side(current[-period]) * 9 + side(current[1 - period]) * 3 + side(current[-1 - period]);
    }
    pare_counter *counters[5] = {
        &m->sign_any, &m->sign_near[side(current[-1]) * 3 + side(previous[0])], &m->sign_above[above],
        &m->sign_sum[pare_limited(sum, -6, 6) + 6], &m->sign_place[pare_limited(m->signs[place], -7, 7) + 7],
    };
    int inputs[5];
    for (int i = 0; i < 5; i++) inputs[i] = pare_stretched(tables, *counters[i]);
    bit = decide(channel, tables, &m->sign, inputs, 5, bit, decodes);
    for (int i = 0; i < 5; i++) pare_counter_learn(tables, counters[i], bit, PARE_SLOW);
    m->signs[place] += bit ? -1 : 1;
    return bit;
}

/* Sixteenths of a mean magnitude in quarters of the overall one, 0…11. */
static inline int relative_magnitude(int64_t mean, int64_t overall) {
    return overall ? pare_limited(mean * 4 / overall, 0, 11) : 4;
}

static inline void magnitude_contexts(const model *m, size_t place, int period, int is_negative, int64_t seen, int contexts[5]) {
    const int32_t *current = m->current + place, *previous = m->previous + place;
    int64_t overall = seen ? m->magnitude_sum * 16 / seen : 16;
    int64_t column = m->filled[place] ? m->magnitudes[place] * 16 / m->filled[place] : overall;
    int64_t row = m->line_filled ? m->line_magnitudes * 16 / m->line_filled : overall;
    int32_t nearby[6] = {
        current[-1], previous[0], period ? current[-period] : previous[-1], period ? current[1 - period] : previous[1], current[-2],
        m->before[place],
    };
    int64_t sum = 0, count = 0;
    for (int i = 0; i < 6; i++) sum += magnitude_of(nearby[i]), count += is_other(nearby[i]);
    contexts[0] = 0;
    contexts[1] = 1 + is_negative;
    contexts[2] = relative_magnitude(column, overall) << 1 | is_negative;
    contexts[3] = relative_magnitude(row, overall) << 1 | is_negative;
    contexts[4] = (count ? relative_magnitude(sum * 16 / count, overall) : 12) << 1 | is_negative;
}

/* Elias-gamma digits (Elias 1975): bits of the number one by one, then its lower bits from the top. */
static inline __attribute__((always_inline)) int32_t code_magnitude(
    model *m, channel *channel, size_t place, int period, int is_negative, int64_t seen, int32_t largest, int32_t magnitude,
    const int decodes
) {
    const pare_tables *tables = &m->tables;
    int contexts[5], inputs[5];
    magnitude_contexts(m, place, period, is_negative, seen, contexts);
    int most = pare_bit_width((uint64_t)largest), width = decodes ? 1 : pare_bit_width((uint64_t)magnitude);
    pare_counter *counters[5];
    for (int digit = 1; digit < most; digit++) {
        for (int i = 0; i < 5; i++) {
            counters[i] = &m->magnitude[i][contexts[i] * PARE_NODES + digit];
            inputs[i] = pare_stretched(tables, *counters[i]);
        }
        int bit = decide(channel, tables, &m->exponent[digit], inputs, 5, width > digit, decodes);
        for (int i = 0; i < 5; i++) pare_counter_learn(tables, counters[i], bit, i ? PARE_QUICK : PARE_SLOW);
        if (!bit) break;
        if (decodes) width = digit + 1;
    }
    int32_t number = 1;
    for (int digit = width - 2; digit >= 0; digit--) {
        int node = (32 + (width << 7) + number) & (PARE_NODES - 1);
        for (int i = 0; i < 5; i++) {
            counters[i] = &m->magnitude[i][contexts[i] * PARE_NODES + node];
            inputs[i] = pare_stretched(tables, *counters[i]);
        }
        int bit = decide(channel, tables, &m->mantissa[width], inputs, 5, decodes ? 0 : magnitude >> digit & 1, decodes);
        for (int i = 0; i < 5; i++) pare_counter_learn(tables, counters[i], bit, i ? PARE_QUICK : PARE_SLOW);
        number = number << 1 | bit;
    }
    return number;
}

/* Codes one level and hands it on; out of range it is INT32_MIN. */
static inline __attribute__((always_inline)) int32_t code_level(
    model *m, channel *channel, const pare_level_matrix *matrix, pare_arithmetic_cost *cost, size_t line, size_t place, int32_t level,
    const int decodes
) {
    int period = matrix->period;
    channel->bits = &cost->position_bits;
    int bit = code_significance(m, channel, line, place, period, level != 0, decodes);
    m->all++;
    if (!bit) return 0;
    channel->bits = &cost->value_bits;
    int is_negative = decodes ? matrix->positives == 0 : level < 0;
    if (matrix->negatives && matrix->positives) is_negative = code_sign(m, channel, place, period, is_negative, decodes);
    int32_t largest = is_negative ? matrix->negatives : matrix->positives;
    int64_t seen = m->others - 1;
    int32_t magnitude = code_magnitude(m, channel, place, period, is_negative, seen, largest, magnitude_of(level), decodes);
    if (magnitude > largest) return INT32_MIN;
    m->others++;
    m->line_filled++;
    m->line_magnitudes += magnitude;
    m->magnitude_sum += magnitude;
    m->filled[place]++;
    m->magnitudes[place] += magnitude;
    return is_negative ? -magnitude : magnitude;
}

static void next_line(model *m, size_t width) {
    int32_t *oldest = m->before;
    m->before = m->previous;
    m->previous = m->current;
    m->current = oldest;
    memset(oldest, 0, width * sizeof(int32_t));
    m->line_filled = m->line_magnitudes = 0;
}

uint8_t *pare_arithmetic_encode(
    const int32_t *levels, const pare_level_matrix *matrix, int measures, size_t *size, pare_arithmetic_cost *cost
) {
    model *m = make_model(matrix);
    if (!m) return NULL;
    pare_range_encoder encoder = {.range = UINT32_MAX, .pending = 1};
    channel channel = {.encoder = &encoder, .measures = measures};
    size_t margin = (size_t)matrix->period + 16;
    for (size_t line = 0; line < matrix->lines; line++) {
        const int32_t *from = levels + line * matrix->line_step;
        for (size_t i = 0; i < matrix->length; i++) {
            int32_t level = from[i * matrix->step];
            code_level(m, &channel, matrix, cost, line, margin + i, level, 0);
            m->current[margin + i] = level;
        }
        next_line(m, matrix->length + 2 * margin);
    }
    pare_range_finish(&encoder);
    cost->bins = channel.bins;
    *size = encoder.size;
    free_model(m);
    if (!encoder.is_out_of_memory) return encoder.bytes ? encoder.bytes : malloc(1);
    free(encoder.bytes);
    return NULL;
}

int pare_arithmetic_decode(
    const uint8_t *bytes, size_t size, const pare_level_matrix *matrix, int32_t *levels, size_t *offset
) {
    model *m = make_model(matrix);
    if (!m) return 4;
    pare_range_decoder decoder = {.range = UINT32_MAX, .bytes = bytes, .size = size};
    pare_range_begin(&decoder);
    channel channel = {.decoder = &decoder};
    pare_arithmetic_cost cost = {0};
    size_t margin = (size_t)matrix->period + 16;
    int problem = 0;
    for (size_t line = 0; line < matrix->lines && !problem; line++) {
        int32_t *to = levels + line * matrix->line_step;
        for (size_t i = 0; i < matrix->length; i++) {
            int32_t level = code_level(m, &channel, matrix, &cost, line, margin + i, 0, 1);
            if (decoder.position > size + 4) problem = 1;
            if (level == INT32_MIN) problem = 3;
            if (problem) break;
            m->current[margin + i] = to[i * matrix->step] = level;
        }
        next_line(m, matrix->length + 2 * margin);
    }
    free_model(m);
    if (!problem && decoder.position < size) problem = 2;
    *offset = decoder.position < size ? decoder.position : size;
    return problem;
}
