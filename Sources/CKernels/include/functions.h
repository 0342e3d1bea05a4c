#ifndef PARE_FUNCTIONS_H
#define PARE_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Functions of numbers, element by element. NaN goes through, comparisons of it are false. */

/* A function of one number; alpha and beta are its settings, in the order that ONNX has them. */
typedef enum pare_function {
    PARE_FUNCTION_RELU, PARE_FUNCTION_LEAKY_RELU, PARE_FUNCTION_SELU, PARE_FUNCTION_CELU, PARE_FUNCTION_THRESHOLDED_RELU,
    PARE_FUNCTION_HARD_SIGMOID, PARE_FUNCTION_HARD_SWISH, PARE_FUNCTION_CLIP, PARE_FUNCTION_SHRINK, PARE_FUNCTION_SOFTPLUS,
    PARE_FUNCTION_SOFTSIGN, PARE_FUNCTION_LOGARITHM, PARE_FUNCTION_SQUARE_ROOT, PARE_FUNCTION_RECIPROCAL, PARE_FUNCTION_ERROR,
    PARE_FUNCTION_ABSOLUTE, PARE_FUNCTION_NEGATIVE, PARE_FUNCTION_FLOOR, PARE_FUNCTION_CEILING, PARE_FUNCTION_ROUND,
    PARE_FUNCTION_SINE, PARE_FUNCTION_COSINE, PARE_FUNCTION_TANGENT, PARE_FUNCTION_ARC_SINE, PARE_FUNCTION_ARC_COSINE,
    PARE_FUNCTION_ARC_TANGENT, PARE_FUNCTION_HYPERBOLIC_SINE, PARE_FUNCTION_HYPERBOLIC_COSINE, PARE_FUNCTION_INVERSE_HYPERBOLIC_SINE,
    PARE_FUNCTION_INVERSE_HYPERBOLIC_COSINE, PARE_FUNCTION_INVERSE_HYPERBOLIC_TANGENT, PARE_FUNCTION_NOT, PARE_FUNCTION_IS_NAN,
    PARE_FUNCTION_TRUTH, PARE_FUNCTION_TRUNCATE,
} pare_function;

/* y[i] = function(x[i]); x and y may be one. */
void pare_apply(pare_function function, float alpha, float beta, const float *x, size_t n, float *y);

/* A function of two numbers; the choice is of three: b where a is not 0, else c. */
typedef enum pare_combination {
    PARE_COMBINE_ADD, PARE_COMBINE_SUBTRACT, PARE_COMBINE_MULTIPLY, PARE_COMBINE_DIVIDE, PARE_COMBINE_POWER, PARE_COMBINE_QUOTIENT, PARE_COMBINE_MODULO,
    PARE_COMBINE_REMAINDER, PARE_COMBINE_LEAKY, PARE_COMBINE_EQUAL, PARE_COMBINE_GREATER, PARE_COMBINE_GREATER_OR_EQUAL,
    PARE_COMBINE_LESS, PARE_COMBINE_LESS_OR_EQUAL, PARE_COMBINE_AND, PARE_COMBINE_OR, PARE_COMBINE_XOR, PARE_COMBINE_LARGER,
    PARE_COMBINE_SMALLER, PARE_COMBINE_CHOOSE,
} pare_combination;

enum { PARE_WALK_RANK = 8 };

/* A way through a result, row-major, and through three operands beside it: the elements between neighbours along each axis, 0 where one is
   repeated. */
typedef struct pare_walk {
    int32_t rank;
    size_t extents[PARE_WALK_RANK];
    size_t steps[3][PARE_WALK_RANK];
} pare_walk;

/* Elements first ..< last of the result. The result may be an operand that goes the same way. */
void pare_combine(
    pare_combination function, const pare_walk *walk, const float *a, const float *b, const float *c, float *result, size_t first,
    size_t last);

/* The same of one row: operands go forward by their steps, 0 or 1. */
void pare_combine_row(
    pare_combination function, const float *a, size_t a_step, const float *b, size_t b_step, const float *c, size_t c_step, float *result,
    size_t n);

/* What is done to each element, one after another. */
typedef enum pare_chain_kind {
    PARE_CHAIN_FUNCTION,
    PARE_CHAIN_COMBINE,       /* with the number at operand as the second */
    PARE_CHAIN_COMBINE_FIRST, /* with that number as the first */
    PARE_CHAIN_GATE,          /* x · clip(x + operand, alpha, beta) */
} pare_chain_kind;

typedef struct pare_chain_step {
    pare_chain_kind kind;
    int32_t function;
    float alpha;
    float beta;
    const float *operand;
} pare_chain_step;

/* All steps on a block of values before the next block; x and y may be one. */
void pare_run_chain(const pare_chain_step *steps, size_t count, const float *x, size_t n, float *y);

#endif
