#include "lattice.h"

#include <math.h>
#include <stdlib.h>

#include "clones.h"

enum { MIDDLE = PARE_LATTICE_PRICES / 2, BUCKETS = 40, NEAR = 7 };

static inline int place_of(int32_t level) { return MIDDLE + (level < 1 - MIDDLE ? 1 - MIDDLE : level >= MIDDLE ? MIDDLE - 1 : level); }

static inline float price_of(const float *levels, int32_t level) {
    const int32_t magnitude = level < 0 ? -level : level;
    const float price = levels[place_of(level)];
    return magnitude < MIDDLE ? price : price + 2 * (levels[0] * log2f((float)magnitude / (MIDDLE - 1)));
}

void pare_lattice_choose(
    const float *weights, size_t from, size_t to, const pare_lattice *lattice, const pare_lattice_prices *prices, int32_t *levels,
    float *values
) {
    const float limit = (float)lattice->limit;
    for (size_t i = from; i < to; i++) {
        const float weight = weights[i];
        int32_t chosen = 0;
        const float shift = lattice->is_dithered ? pare_dither(lattice->seed, i) : 0;
        if (weight != 0) {
            const float multiple = weight / lattice->step, factor = prices->importance ? prices->importance[i] : 1;
            const float place = multiple + shift;
            const float nearest = fminf(fmaxf(rintf(place), -limit), limit);
            float least = factor * multiple * multiple;
            const float other = prices->others ? prices->others[i] : 0;
            for (int32_t level = (int32_t)nearest, step = level > 0 ? -1 : 1, tries = 0; level && tries < 2; level += step, tries++) {
                const float error = place - (float)level;
                const float cost = factor * error * error + other + (prices->levels ? price_of(prices->levels, level) : 0);
                if (cost < least) least = cost, chosen = level;
            }
        }
        levels[i] = chosen;
        if (values) values[i] = chosen ? ((float)chosen - shift) * lattice->step : 0;
    }
}

/* Levels other than 0 by line and by place in the line. */
typedef struct fullness {
    int32_t *lines, *places;
    /* ln(p / (1 − p)) of those shares without one weight that is 0, and without one that is not. */
    float *line_odds, *place_odds;
    int64_t others, all;
} fullness;

static void free_fullness(fullness *f) {
    free(f->lines), free(f->places), free(f->line_odds), free(f->place_odds);
}

static inline double odds(double share) { return log(share / (1 - share)); }

/* Twice two odds a line; two weights of the overall share are added, so that no share is 0 or 1. */
static void find_odds(const int32_t *counts, size_t lines, size_t length, double overall, float *result) {
    for (size_t i = 0; i < lines; i++)
        for (int self = 0; self < 2; self++) {
            double others = counts[i] - self;
            result[2 * i + self] = (float)odds(((others < 0 ? 0 : others) + 2 * overall) / ((double)length + 1));
        }
}

static int count_fullness(const int32_t *levels, const pare_level_matrix *matrix, fullness *f) {
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

/* λ · (bits of not being 0 − bits of being 0), from what was counted in each cell; the bucket's share and the share that its odds say are
   added to cells that hold little. */
static void find_prices(const tally *cells, float lambda, float *prices) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
        tally sum = {1 / (1 + exp(10 - (bucket + 0.5) / 2)), 1};
        for (int near = 0; near < NEAR; near++)
            sum.others += cells[bucket * NEAR + near].others, sum.all += cells[bucket * NEAR + near].all;
        for (int near = 0; near < NEAR; near++) {
            const tally *cell = &cells[bucket * NEAR + near];
            double share = (cell->others + 4 * sum.others / sum.all) / (cell->all + 4);
            share = fmin(fmax(share, 1.0 / 65536), 1 - 1.0 / 65536);
            prices[bucket * NEAR + near] = (float)(-lambda * odds(share) / log(2));
        }
    }
}

static void price_others(const int32_t *levels, const pare_level_matrix *matrix, const fullness *f, float lambda, float *others) {
    const float all_odds = (float)odds(((double)f->others + 0.5) / ((double)f->all + 1));
    tally cells[BUCKETS * NEAR] = {{0, 0}};
    float prices[BUCKETS * NEAR];
    for (size_t line = 0; line < matrix->lines; line++)
        for (size_t i = 0; i < matrix->length; i++) {
            tally *cell = &cells[cell_of(levels, matrix, f, all_odds, line, i)];
            cell->all++;
            cell->others += levels[line * matrix->line_step + i * matrix->step] != 0;
        }
    find_prices(cells, lambda, prices);
    for (size_t line = 0; line < matrix->lines; line++)
        for (size_t i = 0; i < matrix->length; i++)
            others[line * matrix->line_step + i * matrix->step] = prices[cell_of(levels, matrix, f, all_odds, line, i)];
}

int pare_lattice_price(const int32_t *chosen, const pare_level_matrix *matrix, float lambda, float *others, float *levels) {
    fullness f = {0};
    if (count_fullness(chosen, matrix, &f)) {
        free_fullness(&f);
        return 1;
    }
    int64_t counts[PARE_LATTICE_PRICES] = {0};
    int used = 0;
    for (int64_t i = 0; i < f.all; i++)
        if (chosen[i]) counts[place_of(chosen[i])]++;
    for (int i = 0; i < PARE_LATTICE_PRICES; i++) used += counts[i] > 0;
    const double share = ((double)f.others + 0.5) / ((double)f.all + 1);
    const double flat = others ? 0 : -odds(share) / log(2);
    for (int i = 1; i < PARE_LATTICE_PRICES; i++)
        levels[i] = lambda * (float)(flat - log2(((double)counts[i] + 0.5) / ((double)f.others + 0.5 * (used + 2))));
    levels[0] = lambda;
    if (others) price_others(chosen, matrix, &f, lambda, others);
    free_fullness(&f);
    return 0;
}
