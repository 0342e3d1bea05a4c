#ifndef PARE_FULLNESS_H
#define PARE_FULLNESS_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "arithmetic.h"

/* How full the lines and places of a matrix of levels are, and what that says of each weight. */

enum { BUCKETS = 40, NEAR = 7 };

/* Levels other than 0 by line and by place in the line. */
typedef struct fullness {
    int32_t *lines, *places;
    /* ln(p / (1 − p)) of those shares without one weight that is 0, and without one that is not. */
    float *line_odds, *place_odds;
    int64_t others, all;
} fullness;

static inline void free_fullness(fullness *f) {
    free(f->lines), free(f->places), free(f->line_odds), free(f->place_odds);
}

static inline double odds(double share) { return log(share / (1 - share)); }

/* Twice two odds a line; two weights of the overall share are added, so that no share is 0 or 1. */
static inline void find_odds(const int32_t *counts, size_t lines, size_t length, double overall, float *result) {
    for (size_t i = 0; i < lines; i++)
        for (int self = 0; self < 2; self++) {
            double others = counts[i] - self;
            result[2 * i + self] = (float)odds(((others < 0 ? 0 : others) + 2 * overall) / ((double)length + 1));
        }
}

static inline int count_fullness(const int32_t *levels, const pare_level_matrix *matrix, fullness *f) {
    f->lines = calloc(matrix->lines, sizeof(int32_t));
    f->places = calloc(matrix->length, sizeof(int32_t));
    f->line_odds = malloc(2 * matrix->lines * sizeof(float));
    f->place_odds = malloc(2 * matrix->length * sizeof(float));
    if (!f->lines || !f->places || !f->line_odds || !f->place_odds) return 1;
    for (size_t line = 0; line < matrix->lines; line++) {
        const int32_t *at = levels + line * matrix->line_step;
        int32_t count = 0;
        for (size_t i = 0; i < matrix->length; i++) {
            const int is_other = at[i * matrix->step] != 0;
            count += is_other;
            f->places[i] += is_other;
        }
        f->lines[line] = count;
        f->others += count;
    }
    f->all = (int64_t)(matrix->lines * matrix->length);
    const double overall = ((double)f->others + 0.5) / ((double)f->all + 1);
    find_odds(f->lines, matrix->lines, matrix->length, overall, f->line_odds);
    find_odds(f->places, matrix->length, matrix->lines, overall, f->place_odds);
    return 0;
}

/* Which cell of the table a weight belongs to. */
static inline int cell_of(const int32_t *levels, const pare_level_matrix *matrix, const fullness *f, float all_odds, size_t line, size_t i) {
    const size_t step = matrix->step, line_step = matrix->line_step, period = (size_t)matrix->period;
    const int32_t *at = levels + line * line_step + i * step;
    const int self = at[0] != 0;
    const float sum = f->line_odds[2 * line + self] + f->place_odds[2 * i + self] - all_odds;
    int bucket = (int)((sum + 10) * 2);
    bucket = bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket;
    int near = 0;
    if (i > 0) near += at[-(ptrdiff_t)step] != 0;
    if (i + 1 < matrix->length) near += at[step] != 0;
    if (line > 0) near += at[-(ptrdiff_t)line_step] != 0;
    if (line + 1 < matrix->lines) near += at[line_step] != 0;
    if (period && i >= period) near += at[-(ptrdiff_t)(period * step)] != 0;
    if (period && i + period < matrix->length) near += at[period * step] != 0;
    return bucket * NEAR + near;
}

typedef struct tally {
    double others, all;
} tally;

/* Counts all weights into their cells. */
static inline void count_cells(
    const int32_t *levels, const pare_level_matrix *matrix, const fullness *f, float all_odds, tally cells[BUCKETS * NEAR]
) {
    for (size_t line = 0; line < matrix->lines; line++)
        for (size_t i = 0; i < matrix->length; i++) {
            tally *cell = &cells[cell_of(levels, matrix, f, all_odds, line, i)];
            cell->all++;
            cell->others += levels[line * matrix->line_step + i * matrix->step] != 0;
        }
}

#endif
