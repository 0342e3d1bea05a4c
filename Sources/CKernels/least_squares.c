#include "CKernels.h"

#include "clones.h"
#include "doubles.h"

#include <math.h>
#include <string.h>

/* Four neighbouring rows against one, so that it is read once for four sums. */
static inline __attribute__((always_inline)) void dot_four(const double *rows, size_t stride, const double *other, size_t n, double *dots) {
    eight sums[4] = {{0}, {0}, {0}, {0}};
    double rest[4] = {0, 0, 0, 0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const eight b = *(const eight *)(other + i);
        for (int row = 0; row < 4; row++) sums[row] += *(const eight *)(rows + row * stride + i) * b;
    }
    for (; i < n; i++)
        for (int row = 0; row < 4; row++) rest[row] += rows[row * stride + i] * other[i];
    for (int row = 0; row < 4; row++) dots[row] = total(&sums[row]) + rest[row];
}

/* The elements j of one row, from `from` on, when those before are the factor's. */
static inline __attribute__((always_inline)) int finish_row(double *matrix, size_t n, size_t i, size_t from, double least) {
    double *row = matrix + i * n;
    for (size_t j = from; j < i; j++) row[j] = (row[j] - dot(row, matrix + j * n, j)) / matrix[j * n + j];
    const double pivot = row[i] - dot(row, row, i);
    if (!(pivot > least)) return 0;
    row[i] = sqrt(pivot);
    return 1;
}

PARE_CLONES
int pare_cholesky(double *matrix, size_t n, size_t first, size_t last, double least) {
    for (size_t i = first; i < last; i += 4) {
        const size_t height = i + 4 <= last ? 4 : last - i;
        size_t done = 0;
        if (height == 4) {
            for (; done < i; done++) {
                double dots[4];
                dot_four(matrix + i * n, n, matrix + done * n, done, dots);
                const double pivot = matrix[done * n + done];
                for (size_t row = 0; row < 4; row++) {
                    double *value = matrix + (i + row) * n + done;
                    *value = (*value - dots[row]) / pivot;
                }
            }
        }
        for (size_t row = i; row < i + height; row++)
            if (!finish_row(matrix, n, row, done, least)) return 0;
    }
    return 1;
}

PARE_CLONES
void pare_cholesky_solve(const double *factor, size_t n, double *sides, size_t count) {
    for (size_t side = 0; side < count; side++) {
        double *x = sides + side * n;
        for (size_t i = 0; i < n; i++) x[i] = (x[i] - dot(factor + i * n, x, i)) / factor[i * n + i];
        for (size_t i = n; i-- > 0;) {
            const double *row = factor + i * n, value = x[i] / row[i];
            x[i] = value;
            for (size_t j = 0; j < i; j++) x[j] -= value * row[j];
        }
    }
}

PARE_CLONES
void pare_symmetric_product(const double *matrix, size_t n, const double *v, double *product) {
    memset(product, 0, n * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        const double *row = matrix + i * n, own = v[i];
        product[i] += dot(row, v, i) + row[i] * own;
        for (size_t j = 0; j < i; j++) product[j] += own * row[j];
    }
}

PARE_CLONES
void pare_subtract_product(double *matrix, const double *left, const double *right, size_t rows, size_t columns, size_t rank) {
    for (size_t i = 0; i < rows; i++) {
        double *row = matrix + i * columns;
        for (size_t k = 0; k < rank; k++) {
            const double factor = left[i * rank + k], *other = right + k * columns;
            for (size_t j = 0; j < columns; j++) row[j] -= factor * other[j];
        }
    }
}
