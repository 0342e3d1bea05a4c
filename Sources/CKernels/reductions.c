#include "CKernels.h"

#include "clones.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

enum { COLUMNS = 64, LANES = 16 };

INLINE double larger(double a, double b) { return a > b || a != a ? a : b; }
INLINE double smaller(double a, double b) { return a < b || a != a ? a : b; }

/* Folds n neighbouring columns of `extent` rows, `step` elements apart; and one column of neighbours by sixteen of them. */
#define FOLD(name, start, map, join)                                                                                     \
    INLINE void name##_columns(const float *x, size_t extent, size_t step, size_t n, double *s) {                        \
        for (size_t j = 0; j < n; j++) s[j] = (start);                                                                   \
        for (size_t e = 0; e < extent; e++, x += step)                                                                   \
            for (size_t j = 0; j < n; j++) {                                                                             \
                const double v = x[j], p = s[j], q = (map);                                                              \
                s[j] = (join);                                                                                           \
            }                                                                                                            \
    }                                                                                                                    \
    INLINE double name##_row(const float *x, size_t n) {                                                                 \
        double lanes[LANES], p = (start);                                                                                \
        name##_columns(x, n / LANES, LANES, LANES, lanes);                                                               \
        for (size_t j = 0; j < LANES; j++) {                                                                             \
            const double q = lanes[j];                                                                                   \
            p = (join);                                                                                                  \
        }                                                                                                                \
        for (size_t j = n / LANES * LANES; j < n; j++) {                                                                 \
            const double v = x[j], q = (map);                                                                            \
            p = (join);                                                                                                  \
        }                                                                                                                \
        return p;                                                                                                        \
    }                                                                                                                    \
    INLINE void name(const float *x, size_t extent, size_t inner, size_t n, double *s) {                                 \
        if (inner == 1) *s = name##_row(x, extent);                                                                      \
        else name##_columns(x, extent, inner, n, s);                                                                     \
    }

FOLD(fold_sum, 0, v, p + q)
FOLD(fold_absolute, 0, fabs(v), p + q)
FOLD(fold_squares, 0, v * v, p + q)
FOLD(fold_product, 1, v, p * q)
FOLD(fold_larger, -INFINITY, v, larger(p, q))
FOLD(fold_smaller, INFINITY, v, smaller(p, q))

static void fold_exponentials(const float *x, size_t extent, size_t inner, size_t n, double *s) {
    double largest[COLUMNS];
    fold_larger(x, extent, inner, n, largest);
    for (size_t j = 0; j < n; j++) {
        double sum = 0;
        for (size_t e = 0; e < extent; e++) sum += exp((double)x[e * inner + j] - largest[j]);
        s[j] = isfinite(largest[j]) ? largest[j] + log(sum) : largest[j];
    }
}

INLINE void fold(pare_reduction function, const float *x, size_t extent, size_t inner, size_t n, double *s) {
    switch (function) {
    case PARE_REDUCE_SUM: case PARE_REDUCE_MEAN: case PARE_REDUCE_LOG_SUM: fold_sum(x, extent, inner, n, s); break;
    case PARE_REDUCE_MAXIMUM: fold_larger(x, extent, inner, n, s); break;
    case PARE_REDUCE_MINIMUM: fold_smaller(x, extent, inner, n, s); break;
    case PARE_REDUCE_PRODUCT: fold_product(x, extent, inner, n, s); break;
    case PARE_REDUCE_L1: fold_absolute(x, extent, inner, n, s); break;
    case PARE_REDUCE_L2: case PARE_REDUCE_SQUARES: fold_squares(x, extent, inner, n, s); break;
    case PARE_REDUCE_LOG_SUM_EXP: fold_exponentials(x, extent, inner, n, s); break;
    }
}

INLINE float finished(pare_reduction function, double s, size_t extent) {
    switch (function) {
    case PARE_REDUCE_MEAN: return (float)(s / (double)extent);
    case PARE_REDUCE_L2: return (float)sqrt(s);
    case PARE_REDUCE_LOG_SUM: return (float)log(s);
    default: return (float)s;
    }
}

PARE_CLONES
void pare_reduce(pare_reduction function, const float *x, size_t extent, size_t inner, float *y, size_t first, size_t last) {
    double s[COLUMNS];
    while (first < last) {
        const size_t outer = first / inner, column = first % inner;
        size_t n = inner - column < last - first ? inner - column : last - first;
        if (n > COLUMNS) n = COLUMNS;
        fold(function, x + outer * extent * inner + column, extent, inner, n, s);
        for (size_t j = 0; j < n; j++) y[first + j] = finished(function, s[j], extent);
        first += n;
    }
}

void pare_extreme_places(
    const float *x, size_t extent, size_t inner, int is_maximum, int takes_last, float *y, size_t first, size_t last) {
    for (size_t place = first; place < last; place++) {
        const float *column = x + place / inner * extent * inner + place % inner;
        float best = column[0];
        size_t found = 0;
        for (size_t e = 1; e < extent; e++) {
            const float value = column[e * inner];
            if ((is_maximum ? value > best : value < best) || (takes_last && value == best)) {
                best = value;
                found = e;
            }
        }
        y[place] = (float)found;
    }
}
