#ifndef PARE_LATTICE_H
#define PARE_LATTICE_H

#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"

/* Weights as multiples of a step, with or without a dither, chosen by squared error + λ · bits. */

/* Level k of weight i is (k − u) · step, u = pare_dither(seed, i) with a dither and else 0; level 0 is +0. |k| ≤ limit. */
typedef struct pare_lattice {
    float step;
    int32_t limit;
    int32_t is_dithered;
    uint64_t seed;
} pare_lattice;

/* A number in −½ … ½ that seed and place determine, a multiple of 2^−24: SplitMix64's output function (Steele 2014). */
static inline float pare_dither(uint64_t seed, uint64_t place) {
    uint64_t mixed = seed + (place + 1) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    mixed ^= mixed >> 31;
    return (float)(mixed >> 40) / 16777216.0f - 0.5f;
}

/* Levels whose price is kept one by one: −63 … 63 at 1 … 127; beyond, the last one's and two bits more for each doubling, a bit being what
   stands at 0. */
enum { PARE_LATTICE_PRICES = 128 };

/* What a chooser pays, in squared steps. NULL is nothing. */
typedef struct pare_lattice_prices {
    /* Of not being 0, one a weight; infinite where a weight has to be 0. */
    const float *others;
    /* PARE_LATTICE_PRICES of them, by level. */
    const float *levels;
    /* Factors of the squared error, one a weight. */
    const float *importance;
} pare_lattice_prices;

/* The level of each of the weights `from` … `to`: nearest, next towards zero or 0, whichever is least in importance · error² + prices; a
   weight that is 0 stays so. With `values` (which may be `weights`) also what the level stands for. */
void pare_lattice_choose(
    const float *weights, size_t from, size_t to, const pare_lattice *lattice, const pare_lattice_prices *prices, int32_t *levels,
    float *values);

/* Prices of these levels as an adaptive coder would ask them, times `lambda`: `others` from how full line and column are without the weight
   itself and from its neighbours, in a table that is counted first; `levels` from how often each occurs. Without `others` all weights are
   alike, and its price is part of `levels`. 0, or 1 without memory. Cost: two passes. */
int pare_lattice_price(const int32_t *chosen, const pare_level_matrix *matrix, float lambda, float *others, float *levels);

/* What of a rate belongs to the step. */
typedef struct pare_rate_slopes {
    /* The sum over the weights, in bits beside those of being 0. */
    double bits;
    /* Its derivative by the step. */
    double of_step;
    /* How many weights they are of. */
    size_t count;
} pare_rate_slopes;

/* Bits of weights between levels: straight lines from each level to the next, u = weight / step, R(u) = (1 − t) · bits(⌊|u|⌋) + t · bits(⌊|u|⌋ + 1)
   with the sign of u, t = |u| − ⌊|u|⌋, bits(0) = 0 and bits(k) = others + levels at k. With `slopes` adds strength · ∂R/∂weight. A weight
   that is 0, or has to be, is left out. Cost: O(n). */
pare_rate_slopes pare_lattice_rate(
    const float *weights, size_t count, const pare_lattice *lattice, const pare_lattice_prices *prices, float strength, float *slopes);

/* Σ g · (k − u) over the weights that are not 0, u = weight / step: ∂loss/∂step where the gradient goes straight through (Esser 2019). `kept` is how
   many they are. Cost: O(n). */
double pare_lattice_step_gradient(
    const float *weights, const float *gradients, const int32_t *levels, size_t count, float step, size_t *kept);

#endif
