#include "CKernels.h"

#include "clones.h"

#include <math.h>
#include <string.h>

/* Eight lanes at any address of a double. */
typedef double eight __attribute__((vector_size(64), aligned(8)));
typedef float floats __attribute__((vector_size(32), aligned(4)));

static inline __attribute__((always_inline)) double total(const eight *sums) {
    const double *lanes = (const double *)sums;
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/* Eight floats as doubles. */
#define WIDENED(values) __builtin_convertvector(*(const floats *)(values), eight)

/* Four rows against one, so that each is read once for four sums. */
PARE_CLONES
static void dot_four(const float *rows, size_t stride, const float *other, size_t columns, double *dots) {
    eight sums[4] = {{0}, {0}, {0}, {0}};
    double rest[4] = {0, 0, 0, 0};
    size_t c = 0;
    for (; c + 8 <= columns; c += 8) {
        const eight b = WIDENED(other + c);
        for (int i = 0; i < 4; i++) sums[i] += WIDENED(rows + i * stride + c) * b;
    }
    for (; c < columns; c++)
        for (int i = 0; i < 4; i++) rest[i] += (double)rows[i * stride + c] * (double)other[c];
    for (int i = 0; i < 4; i++) dots[i] = total(&sums[i]) + rest[i];
}

void pare_gram(const float *matrix, size_t rows, size_t columns, size_t first, size_t last, double *gram) {
    for (size_t i = first; i < last; i += 4) {
        /* The last rows may be fewer than four: then the block begins earlier, and some sums are written twice. */
        const size_t start = i + 4 <= rows ? i : rows < 4 ? 0 : rows - 4, height = rows < 4 ? rows : 4;
        for (size_t j = 0; j < start + height; j++) {
            double dots[4];
            if (height == 4) dot_four(matrix + start * columns, columns, matrix + j * columns, columns, dots);
            else for (size_t h = 0; h < height; h++) {
                dots[h] = 0;
                for (size_t c = 0; c < columns; c++)
                    dots[h] += (double)matrix[(start + h) * columns + c] * (double)matrix[j * columns + c];
            }
            for (size_t h = 0; h < height; h++)
                if (j <= start + h) gram[(start + h) * rows + j] = dots[h];
        }
    }
}

void pare_add_gram(const float *matrix, size_t rows, size_t columns, size_t first, size_t last, double *sums) {
    for (size_t i = first; i < last; i += 4) {
        const size_t height = last - i < 4 ? last - i : 4;
        for (size_t j = 0; j < i + height; j++) {
            double dots[4] = {0, 0, 0, 0};
            if (height == 4) dot_four(matrix + i * columns, columns, matrix + j * columns, columns, dots);
            else for (size_t h = 0; h < height; h++)
                for (size_t c = 0; c < columns; c++)
                    dots[h] += (double)matrix[(i + h) * columns + c] * (double)matrix[j * columns + c];
            for (size_t h = 0; h < height; h++)
                if (j <= i + h) sums[(i + h) * rows + j] += dots[h];
        }
    }
}

/* The update of the step before and the product with the new reflector, in one pass over the lower triangle. */
PARE_CLONES
static void update_and_multiply(
    double *matrix, size_t n, size_t start, const double *old, const double *change, const double *v, double *product) {
    for (size_t i = start; i < n; i++) {
        double *row = matrix + i * n;
        const double a = old[i], b = change[i], own = v[i];
        eight sums = {0};
        double rest = 0;
        size_t j = start;
        for (; j + 8 <= i; j += 8) {
            const eight values = *(eight *)(row + j) - (a * *(const eight *)(change + j) + b * *(const eight *)(old + j));
            *(eight *)(row + j) = values;
            sums += values * *(const eight *)(v + j);
            *(eight *)(product + j) += values * own;
        }
        for (; j < i; j++) {
            row[j] -= a * change[j] + b * old[j];
            rest += row[j] * v[j];
            product[j] += row[j] * own;
        }
        row[i] -= a * change[i] + b * old[i];
        product[i] += total(&sums) + rest + row[i] * own;
    }
}

static double dot(const double *a, const double *b, size_t first, size_t last) {
    double sum = 0;
    for (size_t i = first; i < last; i++) sum += a[i] * b[i];
    return sum;
}

void pare_tridiagonal_step(double *matrix, size_t n, size_t k, double *work, double *diagonal, double *off, double *scales) {
    double *old = work, *change = work + n, *product = work + 2 * n, *v = matrix + k * n;
    const double a = old[k], b = change[k];
    diagonal[k] = v[k] - 2 * a * b;
    off[k] = scales[k] = 0;
    if (k + 1 >= n) return;
    for (size_t i = k + 1; i < n; i++) v[i] = matrix[i * n + k] - (old[i] * b + change[i] * a);
    const double tail = dot(v, v, k + 2, n), first = v[k + 1];
    off[k] = first;
    if (tail > 0) {
        const double length = sqrt(first * first + tail), head = first < 0 ? first - length : first + length;
        off[k] = first < 0 ? length : -length;
        v[k + 1] = head;
        scales[k] = 2 / (head * head + tail);
    }
    const double scale = scales[k];
    memset(product, 0, n * sizeof(double));
    update_and_multiply(matrix, n, k + 1, old, change, v, product);
    const double half = scale * scale * dot(product, v, k + 1, n) / 2;
    for (size_t i = k + 1; i < n; i++) {
        old[i] = v[i];
        change[i] = scale * product[i] - half * v[i];
    }
    old[k] = change[k] = 0;
}

PARE_CLONES
void pare_reflect(double *panel, const double *matrix, const double *scales, size_t n, size_t first, size_t last) {
    for (size_t k = first; k < last; k++) {
        if (scales[k] == 0) continue;
        const double *v = matrix + k * n;
        eight sums[4] = {{0}, {0}, {0}, {0}};
        for (size_t i = k + 1; i < n; i++)
            for (int part = 0; part < 4; part++) sums[part] += v[i] * *(const eight *)(panel + i * PARE_PANEL + 8 * part);
        for (int part = 0; part < 4; part++) sums[part] *= scales[k];
        for (size_t i = k + 1; i < n; i++)
            for (int part = 0; part < 4; part++) *(eight *)(panel + i * PARE_PANEL + 8 * part) -= v[i] * sums[part];
    }
}

size_t pare_ql_sweep(
    double *diagonal, double *off, size_t n, size_t place, double negligible, double *rotations, size_t *top) {
    size_t m = place;
    while (m + 1 < n && fabs(off[m]) > negligible) m++;
    if (m == place) return 0;
    double g = (diagonal[place + 1] - diagonal[place]) / (2 * off[place]), r = hypot(g, 1);
    g = diagonal[m] - diagonal[place] + off[place] / (g + copysign(r, g));
    double sine = 1, cosine = 1, shift = 0;
    size_t count = 0;
    for (size_t i = m; i-- > place;) {
        const double f = sine * off[i], b = cosine * off[i];
        r = hypot(f, g);
        off[i + 1] = r;
        if (r == 0) {
            diagonal[i + 1] -= shift;
            break;
        }
        sine = f / r;
        cosine = g / r;
        g = diagonal[i + 1] - shift;
        r = (diagonal[i] - g) * sine + 2 * cosine * b;
        shift = sine * r;
        diagonal[i + 1] = g + shift;
        g = cosine * r - b;
        rotations[2 * count] = cosine;
        rotations[2 * count++ + 1] = sine;
    }
    if (r != 0 || count == m - place) {
        diagonal[place] -= shift;
        off[place] = g;
    }
    off[m] = 0;
    *top = m;
    if (count > 0) return count;
    /* Nothing to turn: the matrix fell into two parts, and the next sweep sees that. */
    rotations[0] = 1;
    rotations[1] = 0;
    return 1;
}

PARE_CLONES
void pare_rotate(double *panel, size_t top, const double *rotations, size_t count) {
    eight upper[4];
    for (int part = 0; part < 4; part++) upper[part] = *(eight *)(panel + top * PARE_PANEL + 8 * part);
    for (size_t r = 0; r < count; r++) {
        const double cosine = rotations[2 * r], sine = rotations[2 * r + 1];
        double *row = panel + (top - 1 - r) * PARE_PANEL;
        for (int part = 0; part < 4; part++) {
            const eight lower = *(eight *)(row + 8 * part);
            *(eight *)(row + PARE_PANEL + 8 * part) = sine * lower + cosine * upper[part];
            upper[part] = cosine * lower - sine * upper[part];
        }
    }
    double *row = panel + (top - count) * PARE_PANEL;
    for (int part = 0; part < 4; part++) *(eight *)(row + 8 * part) = upper[part];
}

PARE_CLONES
void pare_project(const double *vectors, size_t count, const float *matrix, size_t rows, size_t columns, double *projections) {
    memset(projections, 0, count * columns * sizeof(double));
    /* Columns whose sums stay in the nearest cache. */
    for (size_t start = 0; start < columns; start += 512) {
        const size_t end = start + 512 < columns ? start + 512 : columns;
        for (size_t r = 0; r < rows; r++) {
            const float *row = matrix + r * columns;
            for (size_t v = 0; v < count; v++) {
                const double factor = vectors[v * rows + r];
                double *sums = projections + v * columns;
                for (size_t c = start; c < end; c++) sums[c] += factor * (double)row[c];
            }
        }
    }
}

/* Sixty-four columns of a row at a time, their sums in registers. */
PARE_CLONES
void pare_factor_product(
    const float *left, size_t row_step, size_t step, const float *right, size_t inner, size_t columns, size_t first, size_t last,
    float *product) {
    for (size_t i = first; i < last; i++) {
        const float *factors = left + i * row_step;
        float *row = product + i * columns;
        size_t c = 0;
        for (; c + 64 <= columns; c += 64) {
            floats sums[8] = {{0}};
            for (size_t k = 0; k < inner; k++)
                for (int part = 0; part < 8; part++) sums[part] += factors[k * step] * *(const floats *)(right + k * columns + c + 8 * part);
            for (int part = 0; part < 8; part++) *(floats *)(row + c + 8 * part) = sums[part];
        }
        for (; c < columns; c++) {
            float sum = 0;
            for (size_t k = 0; k < inner; k++) sum += factors[k * step] * right[k * columns + c];
            row[c] = sum;
        }
    }
}

/* In tiles, so that reads and writes both stay within a few cache lines. */
PARE_CLONES
void pare_turn(const float *source, size_t blocks, size_t rows, size_t columns, float *target) {
    enum { TILE = 32 };
    for (size_t block = 0; block < blocks; block++, source += rows * columns, target += rows * columns)
        for (size_t top = 0; top < rows; top += TILE)
            for (size_t start = 0; start < columns; start += TILE)
                for (size_t r = top; r < rows && r < top + TILE; r++)
                    for (size_t c = start; c < columns && c < start + TILE; c++) target[c * rows + r] = source[r * columns + c];
}
