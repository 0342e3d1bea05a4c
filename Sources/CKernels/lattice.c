#include "lattice.h"

#include <math.h>
#include <stdlib.h>

#include "clones.h"
#include "fullness.h"

enum { MIDDLE = PARE_LATTICE_PRICES / 2 };

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
    count_cells(levels, matrix, f, all_odds, cells);
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

pare_rate_slopes pare_lattice_rate(
    const float *weights, size_t count, const pare_lattice *lattice, const pare_lattice_prices *prices, float strength, float *slopes
) {
    const float last = (float)(lattice->limit - 1);
    pare_rate_slopes sum = {0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        const float weight = weights[i], other = prices->others ? prices->others[i] : 0;
        if (weight == 0 || other == INFINITY) continue;
        const float place = fabsf(weight) / lattice->step;
        const int32_t below = (int32_t)fminf(floorf(place), last), sign = weight < 0 ? -1 : 1;
        sum.count++;
        const float low = below ? other + price_of(prices->levels, sign * below) : 0;
        const float slope = other + price_of(prices->levels, sign * (below + 1)) - low;
        sum.bits += low + (double)(place - (float)below) * slope;
        sum.of_step -= (double)slope * place;
        if (slopes) slopes[i] += strength * slope * (float)sign / lattice->step;
    }
    sum.of_step /= lattice->step;
    return sum;
}

double pare_lattice_step_gradient(
    const float *weights, const float *gradients, const int32_t *levels, size_t count, float step, size_t *kept
) {
    double sum = 0;
    size_t others = 0;
    for (size_t i = 0; i < count; i++) {
        if (weights[i] == 0) continue;
        others++;
        sum += (double)gradients[i] * ((double)levels[i] - (double)(weights[i] / step));
    }
    *kept = others;
    return sum;
}
