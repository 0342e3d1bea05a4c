#ifndef PARE_OPTIMIZERS_H
#define PARE_OPTIMIZERS_H

#include <stddef.h>
#include <stdint.h>

/* Inner loops of training. `kept` has a 1 for each element that may move and a 0 for the others, which keep value and momentum as
   they are; NULL lets all move. */

typedef struct pare_sgd {
    float rate;
    float momentum;
    float decay;
    int is_nesterov;
} pare_sgd;

/* g ← g + decay · w; v ← momentum · v + g; w ← w − rate · v, or w − rate · (g + momentum · v) for Nesterov: as PyTorch's SGD. */
void pare_sgd_step(float *values, const float *gradients, float *momenta, const uint8_t *kept, size_t n, pare_sgd p);

/* What AdamW needs of its settings, each rounded once from double: 1 − 0.999f is 1.3e-5 away from 0.001. */
typedef struct pare_adam {
    float shrink;            /* 1 − rate · decay */
    float first_share;       /* 1 − beta1 */
    float second_keep;       /* beta2 */
    float second_share;      /* 1 − beta2 */
    float second_correction; /* √(1 − beta2^t) */
    float step;              /* rate / (1 − beta1^t) */
    float epsilon;
} pare_adam;

/* w ← shrink · w; m ← m + first_share · (g − m); v ← second_keep · v + second_share · g²;
   w ← w − step · m / (√v / second_correction + epsilon): as PyTorch's AdamW. */
void pare_adam_step(
    float *values, const float *gradients, float *first, float *second, const uint8_t *kept, size_t n, pare_adam p);

/* g += strength · sign(w), sign(0) = 0. */
void pare_add_signs(const float *values, size_t n, float strength, float *gradients);

/* values *= factor. */
void pare_scale(float *values, size_t n, float factor);

/* values where kept, +0 elsewhere; result may be values. */
void pare_copy_kept(const float *values, const uint8_t *kept, size_t n, float *result);

/* The gradient of each value outside low … high becomes 0. */
void pare_zero_outside(const float *values, size_t n, float low, float high, float *gradients);

/* values[i] = book[indexes[i]]. */
void pare_look_up(const uint8_t *indexes, size_t n, const float *book, float *values);

/* sums[k] = Σ of the values with index k < count ≤ 256, in double. */
void pare_sum_by_index(const float *values, const uint8_t *indexes, size_t n, double *sums, size_t count);

/* Σ g · ∂ŵ/∂scale in double, for ŵ of pare_quantize: round(w/s) − w/s inside, the end's code outside (Esser 2019). */
double pare_scale_gradient(
    const float *values, const float *gradients, const uint8_t *kept, size_t n, float scale, int low, int high);

/* sums += values². */
void pare_add_squares(const float *values, size_t n, float *sums);

#endif
