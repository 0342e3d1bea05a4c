#include "CKernels.h"

#include "clones.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

/* As ONNX has it: where the bounds cross, the upper one holds. */
INLINE float clamped(float x, float lower, float upper) {
    const float raised = x < lower ? lower : x;
    return raised > upper ? upper : raised;
}

INLINE float shrunk(float x, float bias, float lambda) {
    return x < -lambda ? x + bias : x > lambda ? x - bias : x != x ? x : 0;
}

INLINE float softplus(float x) { return (x > 0 ? x : 0) + log1pf(expf(-fabsf(x))); }

#define EACH(expression)                       \
    for (size_t i = 0; i < n; i++) {           \
        const float v = x[i];                  \
        y[i] = (expression);                   \
    }                                          \
    return

PARE_CLONES
void pare_apply(pare_function function, float alpha, float beta, const float *x, size_t n, float *y) {
    switch (function) {
    case PARE_FUNCTION_RELU: EACH(v < 0 ? 0 : v);
    case PARE_FUNCTION_LEAKY_RELU: EACH(v < 0 ? alpha * v : v);
    case PARE_FUNCTION_SELU: EACH(beta * (v <= 0 ? alpha * expm1f(v) : v));
    case PARE_FUNCTION_CELU: EACH(v < 0 ? alpha * expm1f(v / alpha) : v);
    case PARE_FUNCTION_THRESHOLDED_RELU: EACH(v <= alpha ? 0 : v);
    case PARE_FUNCTION_HARD_SIGMOID: EACH(clamped(alpha * v + beta, 0, 1));
    case PARE_FUNCTION_HARD_SWISH: EACH(v * clamped(v * (1.0f / 6) + 0.5f, 0, 1));
    case PARE_FUNCTION_CLIP: EACH(clamped(v, alpha, beta));
    case PARE_FUNCTION_SHRINK: EACH(shrunk(v, alpha, beta));
    case PARE_FUNCTION_SOFTPLUS: EACH(softplus(v));
    case PARE_FUNCTION_SOFTSIGN: EACH(v / (1 + fabsf(v)));
    case PARE_FUNCTION_LOGARITHM: EACH(logf(v));
    case PARE_FUNCTION_SQUARE_ROOT: EACH(sqrtf(v));
    case PARE_FUNCTION_RECIPROCAL: EACH(1 / v);
    case PARE_FUNCTION_ERROR: EACH(erff(v));
    case PARE_FUNCTION_ABSOLUTE: EACH(fabsf(v));
    case PARE_FUNCTION_NEGATIVE: EACH(-v);
    case PARE_FUNCTION_FLOOR: EACH(floorf(v));
    case PARE_FUNCTION_CEILING: EACH(ceilf(v));
    case PARE_FUNCTION_ROUND: EACH(nearbyintf(v));
    case PARE_FUNCTION_SINE: EACH(sinf(v));
    case PARE_FUNCTION_COSINE: EACH(cosf(v));
    case PARE_FUNCTION_TANGENT: EACH(tanf(v));
    case PARE_FUNCTION_ARC_SINE: EACH(asinf(v));
    case PARE_FUNCTION_ARC_COSINE: EACH(acosf(v));
    case PARE_FUNCTION_ARC_TANGENT: EACH(atanf(v));
    case PARE_FUNCTION_HYPERBOLIC_SINE: EACH(sinhf(v));
    case PARE_FUNCTION_HYPERBOLIC_COSINE: EACH(coshf(v));
    case PARE_FUNCTION_INVERSE_HYPERBOLIC_SINE: EACH(asinhf(v));
    case PARE_FUNCTION_INVERSE_HYPERBOLIC_COSINE: EACH(acoshf(v));
    case PARE_FUNCTION_INVERSE_HYPERBOLIC_TANGENT: EACH(atanhf(v));
    case PARE_FUNCTION_NOT: EACH(v == 0 ? 1 : 0);
    case PARE_FUNCTION_IS_NAN: EACH(v != v ? 1 : 0);
    case PARE_FUNCTION_TRUTH: EACH(v != 0 ? 1 : 0);
    case PARE_FUNCTION_TRUNCATE: EACH(truncf(v));
    }
}

INLINE float modulo(float a, float b) {
    const float rest = fmodf(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/* The largest and the least; NaN where one is NaN. */
INLINE float larger(float a, float b) { return a > b || a != a ? a : b; }
INLINE float smaller(float a, float b) { return a < b || a != a ? a : b; }

/* Where an operand is repeated or goes element by element, as nearly always, a loop that knows it. */
#define PAIRS(expression)                                                                                     \
    if (sa == 1 && sb == 1) for (size_t i = 0; i < n; i++) { const float p = a[i], q = b[i]; r[i] = (expression); }           \
    else if (sa == 1 && sb == 0) { const float q = *b; for (size_t i = 0; i < n; i++) { const float p = a[i]; r[i] = (expression); } } \
    else if (sa == 0 && sb == 1) { const float p = *a; for (size_t i = 0; i < n; i++) { const float q = b[i]; r[i] = (expression); } } \
    else for (size_t i = 0; i < n; i++) { const float p = a[i * sa], q = b[i * sb]; r[i] = (expression); }    \
    return

/* Powers that need none: pow(−0, 1/2) is 0 and pow(−∞, 1/2) ∞, unlike the square root. */
INLINE void powers(const float *a, size_t sa, const float *b, size_t sb, float *r, size_t n) {
    if (sb == 0 && *b == 2) for (size_t i = 0; i < n; i++) r[i] = a[i * sa] * a[i * sa];
    else if (sb == 0 && *b == 0.5f) for (size_t i = 0; i < n; i++) r[i] = a[i * sa] == -INFINITY ? INFINITY : sqrtf(a[i * sa] + 0.0f);
    else if (sb == 0 && *b == -1) for (size_t i = 0; i < n; i++) r[i] = 1 / a[i * sa];
    else for (size_t i = 0; i < n; i++) r[i] = powf(a[i * sa], b[i * sb]);
}

INLINE void combine_row(
    pare_combination function, const float *a, size_t sa, const float *b, size_t sb, const float *c, size_t sc, float *r, size_t n) {
    switch (function) {
    case PARE_COMBINE_ADD: PAIRS(p + q);
    case PARE_COMBINE_SUBTRACT: PAIRS(p - q);
    case PARE_COMBINE_MULTIPLY: PAIRS(p * q);
    case PARE_COMBINE_DIVIDE: PAIRS(p / q);
    case PARE_COMBINE_POWER: powers(a, sa, b, sb, r, n); return;
    case PARE_COMBINE_QUOTIENT: PAIRS(truncf(p / q));
    case PARE_COMBINE_MODULO: PAIRS(modulo(p, q));
    case PARE_COMBINE_REMAINDER: PAIRS(fmodf(p, q));
    case PARE_COMBINE_LEAKY: PAIRS(p < 0 ? p * q : p);
    case PARE_COMBINE_EQUAL: PAIRS(p == q ? 1 : 0);
    case PARE_COMBINE_GREATER: PAIRS(p > q ? 1 : 0);
    case PARE_COMBINE_GREATER_OR_EQUAL: PAIRS(p >= q ? 1 : 0);
    case PARE_COMBINE_LESS: PAIRS(p < q ? 1 : 0);
    case PARE_COMBINE_LESS_OR_EQUAL: PAIRS(p <= q ? 1 : 0);
    case PARE_COMBINE_AND: PAIRS(p != 0 && q != 0 ? 1 : 0);
    case PARE_COMBINE_OR: PAIRS(p != 0 || q != 0 ? 1 : 0);
    case PARE_COMBINE_XOR: PAIRS((p != 0) != (q != 0) ? 1 : 0);
    case PARE_COMBINE_LARGER: PAIRS(larger(p, q));
    case PARE_COMBINE_SMALLER: PAIRS(smaller(p, q));
    case PARE_COMBINE_CHOOSE:
        for (size_t i = 0; i < n; i++) r[i] = a[i * sa] != 0 ? b[i * sb] : c[i * sc];
        return;
    }
}

PARE_CLONES
void pare_combine(
    pare_combination function, const pare_walk *walk, const float *a, const float *b, const float *c, float *result, size_t first,
    size_t last) {
    const int end = walk->rank - 1;
    const size_t width = walk->extents[end];
    size_t counters[PARE_WALK_RANK] = { 0 }, offsets[3] = { 0 };
    size_t rest = first / width, column = first % width;
    for (int axis = end - 1; axis >= 0; axis--) {
        counters[axis] = rest % walk->extents[axis];
        rest /= walk->extents[axis];
        for (int k = 0; k < 3; k++) offsets[k] += counters[axis] * walk->steps[k][axis];
    }
    const size_t sa = walk->steps[0][end], sb = walk->steps[1][end], sc = walk->steps[2][end];
    while (first < last) {
        const size_t n = width - column < last - first ? width - column : last - first;
        combine_row(
            function, a + offsets[0] + column * sa, sa, b + offsets[1] + column * sb, sb, c + offsets[2] + column * sc, sc,
            result + first, n);
        first += n;
        column = 0;
        for (int axis = end - 1; axis >= 0; axis--) {
            for (int k = 0; k < 3; k++) offsets[k] += walk->steps[k][axis];
            if (++counters[axis] < walk->extents[axis]) break;
            for (int k = 0; k < 3; k++) offsets[k] -= counters[axis] * walk->steps[k][axis];
            counters[axis] = 0;
        }
    }
}

PARE_CLONES
void pare_combine_row(
    pare_combination function, const float *a, size_t a_step, const float *b, size_t b_step, const float *c, size_t c_step, float *result,
    size_t n) {
    combine_row(function, a, a_step, b, b_step, c, c_step, result, n);
}

PARE_CLONES
static void gate(float shift, float lower, float upper, const float *x, size_t n, float *y) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] * clamped(x[i] + shift, lower, upper);
}

PARE_CLONES
static void combine_with(pare_combination function, const float *a, size_t sa, const float *b, size_t sb, float *y, size_t n) {
    combine_row(function, a, sa, b, sb, a, sa, y, n);
}

void pare_run_chain(const pare_chain_step *steps, size_t count, const float *x, size_t n, float *y) {
    for (size_t start = 0; start < n; start += 2048) {
        const size_t size = n - start < 2048 ? n - start : 2048;
        const float *from = x + start;
        for (size_t k = 0; k < count; k++, from = y + start) {
            const pare_chain_step *step = steps + k;
            switch (step->kind) {
            case PARE_CHAIN_FUNCTION:
                pare_apply((pare_function)step->function, step->alpha, step->beta, from, size, y + start);
                break;
            case PARE_CHAIN_COMBINE:
                combine_with((pare_combination)step->function, from, 1, step->operand, 0, y + start, size);
                break;
            case PARE_CHAIN_COMBINE_FIRST:
                combine_with((pare_combination)step->function, step->operand, 0, from, 1, y + start, size);
                break;
            case PARE_CHAIN_GATE: gate(*step->operand, step->alpha, step->beta, from, size, y + start); break;
            }
        }
    }
}
