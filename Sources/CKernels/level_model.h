#ifndef PARE_LEVEL_MODEL_H
#define PARE_LEVEL_MODEL_H

#include <stdint.h>
#include <string.h>

/* The model of levels: adaptive counters for contexts, mixed in the logistic domain (Mahoney 2005). All numbers are integers. */

enum {
    PARE_INPUTS = 8,
    PARE_STRETCH_END = 3072,   /* of stretch(p) = 256 · ln(p / (1 − p)) */
    PARE_NODES = 1024,         /* of the binary decisions of a magnitude */
    PARE_MAGNITUDE_CONTEXTS = 26,
    PARE_SLOW = 1000,          /* after so many observations a counter forgets as fast as it learns */
    PARE_QUICK = 255,
};

typedef struct pare_tables {
    uint16_t squash[2 * PARE_STRETCH_END];
    int16_t stretch[4096];
    uint16_t rate[1024];
} pare_tables;

/* 22 bits of probability, 10 of the number of observations. */
typedef uint32_t pare_counter;
static const pare_counter PARE_HALF = 1u << 31;

typedef struct pare_mixer {
    int32_t weights[PARE_INPUTS];
} pare_mixer;

/* e^(1/256)-powers by repeated multiplication: one rounding a step, alike on every machine with IEEE 754 doubles. */
static inline void pare_make_tables(pare_tables *tables) {
    double power = 1;
    for (int i = 0; i < PARE_STRETCH_END; i++) {
        int32_t above = (int32_t)(65536 * (power / (1 + power)));
        if (above > 65528) above = 65528;
        tables->squash[PARE_STRETCH_END + i] = (uint16_t)above;
        int32_t below = (int32_t)(65536 / (1 + power));
        if (below < 8) below = 8;
        tables->squash[PARE_STRETCH_END - i] = (uint16_t)below;
        power *= 1.0039138893383475734;
    }
    tables->squash[0] = 8;
    int at = 1;
    for (int i = 0; i < 4096; i++) {
        while (at < 2 * PARE_STRETCH_END - 1 && tables->squash[at] < 16 * i + 8) at++;
        tables->stretch[i] = (int16_t)(at - PARE_STRETCH_END);
    }
    for (int n = 0; n < 1024; n++) tables->rate[n] = (uint16_t)(65536 * 5 / (5 * n + 8));
}

static inline int pare_limited(int64_t value, int low, int high) {
    return value < low ? low : value > high ? high : (int)value;
}

static inline int pare_probability(const pare_tables *tables, const pare_mixer *mixer, const int *inputs, int count) {
    int64_t sum = 0;
    for (int i = 0; i < count; i++) sum += (int64_t)mixer->weights[i] * inputs[i];
    return tables->squash[PARE_STRETCH_END + pare_limited(sum >> 16, 1 - PARE_STRETCH_END, PARE_STRETCH_END - 1)];
}

static inline void pare_mixer_learn(pare_mixer *mixer, const int *inputs, int count, int one, int bit) {
    int32_t error = (bit << 16) - one;
    for (int i = 0; i < count; i++) {
        int32_t change = (inputs[i] * error + (1 << 15)) >> 16;
        mixer->weights[i] = pare_limited((int64_t)mixer->weights[i] + change, -(1 << 24), 1 << 24);
    }
}

static inline void pare_counter_learn(const pare_tables *tables, pare_counter *counter, int bit, uint32_t limit) {
    uint32_t seen = *counter & 1023;
    int32_t one = (int32_t)(*counter >> 10);
    int32_t gap = ((bit << 22) - one) >> 3;
    int32_t next = one + (int32_t)((int64_t)gap * tables->rate[seen] >> 13);
    next = pare_limited(next, 0, (1 << 22) - 1);
    *counter = (uint32_t)next << 10 | (seen < limit ? seen + 1 : seen);
}

static inline int pare_stretched(const pare_tables *tables, pare_counter counter) { return tables->stretch[counter >> 20]; }

/* stretch of a fraction of 65,536. */
static inline int pare_stretched_fraction(const pare_tables *tables, int64_t fraction) {
    return tables->stretch[pare_limited(fraction, 0, 65535) >> 4];
}

/* Bits of a number: 0 for 0. */
static inline int pare_bit_width(uint64_t number) { return number ? 64 - __builtin_clzll(number) : 0; }

/* One of 16 ranges of a stretched probability. */
static inline int pare_bucket(int stretched) { return pare_limited((stretched + 1600) / 160, 0, 15); }

#endif
