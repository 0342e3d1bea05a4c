#include <string.h>

#include "clones.h"
#include "fullness.h"

/* Magnitudes up to 15 one by one, larger ones by their upper three bits. */
enum { MEANS = 12, SMALL = 16, MAGNITUDES = SMALL + 4 * 28 };

/* Sums of magnitudes by line and by place. */
typedef struct magnitudes {
    double *lines, *places, mean;
} magnitudes;

static inline int side_of(int32_t level) { return level == 0 ? 0 : level < 0 ? 1 : 2; }
static inline int32_t size_of(int32_t level) { return level < 0 ? -level : level; }

static int sum_magnitudes(const int32_t *levels, const pare_level_matrix *matrix, const fullness *f, magnitudes *m) {
    m->lines = calloc(matrix->lines, sizeof(double));
    m->places = calloc(matrix->length, sizeof(double));
    if (!m->lines || !m->places) return 1;
    double total = 0;
    for (size_t line = 0; line < matrix->lines; line++)
        for (size_t i = 0; i < matrix->length; i++) {
            const double size = size_of(levels[line * matrix->line_step + i * matrix->step]);
            m->lines[line] += size, m->places[i] += size, total += size;
        }
    m->mean = f->others ? total / (double)f->others : 1;
    return 0;
}

/* How often magnitudes occur beside such means of their line, place and neighbours before, and signs beside such neighbours. */
typedef struct values {
    double sizes[MEANS][MAGNITUDES], signs[27][2], lower_bits;
} values;

static void count_value(
    const int32_t *at, const pare_level_matrix *matrix, const fullness *f, const magnitudes *m, size_t line, size_t i, values *v
) {
    const ptrdiff_t step = (ptrdiff_t)matrix->step, period = (ptrdiff_t)matrix->period * step;
    const int32_t left = i > 0 ? at[-step] : 0;
    int32_t above = 0, beside = 0;
    if (period && i >= (size_t)matrix->period) above = at[-period], beside = at[step - period];
    else if (!period && line > 0) above = at[-(ptrdiff_t)matrix->line_step];
    const double size = size_of(*at), mean = m->mean;
    const double of_line = (m->lines[line] - size + 2 * mean) / (f->lines[line] + 1);
    const double of_place = (m->places[i] - size + 2 * mean) / (f->places[i] + 1);
    const double of_near = (size_of(left) + size_of(above) + 2 * mean) / ((left != 0) + (above != 0) + 2);
    const double relative = of_line * of_place * of_near / (mean * mean * mean);
    int bucket = (int)floor(2 * log2(relative)) + MEANS / 2;
    bucket = bucket < 0 ? 0 : bucket >= MEANS ? MEANS - 1 : bucket;
    const uint32_t magnitude = (uint32_t)size_of(*at);
    const int lower = magnitude < SMALL ? 0 : 29 - __builtin_clz(magnitude);
    v->sizes[bucket][lower ? SMALL + 4 * (lower - 2) + (int)(magnitude >> lower & 3) : (int)magnitude]++;
    v->lower_bits += lower;
    v->signs[side_of(left) * 9 + side_of(above) * 3 + side_of(beside)][*at < 0]++;
}

/* Σ −count · log2 of their share. */
static double bits_of(const double *counts, int count, int *used) {
    double sum = 0, bits = 0;
    for (int i = 0; i < count; i++) sum += counts[i];
    for (int i = 0; i < count; i++)
        if (counts[i] > 0) bits -= counts[i] * log2(counts[i] / sum), ++*used;
    return bits;
}

static double value_bits(const int32_t *levels, const pare_level_matrix *matrix, const fullness *f, const magnitudes *m) {
    values v = {0};
    for (size_t line = 0; line < matrix->lines; line++)
        for (size_t i = 0; i < matrix->length; i++) {
            const int32_t *at = levels + line * matrix->line_step + i * matrix->step;
            if (*at) count_value(at, matrix, f, m, line, i, &v);
        }
    int used = 0, ignored = 0;
    double bits = v.lower_bits;
    for (int i = 0; i < MEANS; i++) bits += bits_of(v.sizes[i], MAGNITUDES, &used);
    for (int i = 0; i < 27; i++) bits += bits_of(v.signs[i], 2, &ignored);
    return bits + 0.2 * used * log2((double)(f->others + 1) / (used + 1) + 1);
}

double pare_estimate_bits(const int32_t *levels, const pare_level_matrix *matrix) {
    fullness f = {0};
    magnitudes m = {0};
    double bits = -1;
    if (!count_fullness(levels, matrix, &f) && !sum_magnitudes(levels, matrix, &f, &m)) {
        tally cells[BUCKETS * NEAR] = {{0, 0}};
        count_cells(levels, matrix, &f, (float)odds(((double)f.others + 0.5) / ((double)f.all + 1)), cells);
        int ignored = 0;
        bits = value_bits(levels, matrix, &f, &m) + 10 * log2((double)f.all + 1);
        for (int i = 0; i < BUCKETS * NEAR; i++) {
            const double counts[2] = {cells[i].others, cells[i].all - cells[i].others};
            bits += bits_of(counts, 2, &ignored);
        }
    }
    free_fullness(&f);
    free(m.lines), free(m.places);
    return bits;
}
