#ifndef PARE_DECOMPOSITION_H
#define PARE_DECOMPOSITION_H

#include <stddef.h>

/* Products of matrices and the eigenvectors of symmetric ones, in pieces of a few milliseconds. Matrices are row-major. Sums have fixed lanes,
   so that every processor gives the same bits.

   Eigenvectors: pare_gram, pare_tridiagonal_step for each column, pare_reflect for each panel, then sweeps of pare_ql_sweep that pare_rotate applies
   to each panel. A panel holds PARE_PANEL components of all vectors: [n][PARE_PANEL]. */
enum { PARE_PANEL = 32 };

/* gram[i * rows + j] = Σ a[i][c] a[j][c] for first ≤ i < last and j ≤ i; `first` is a multiple of 4. */
void pare_gram(const float *matrix, size_t rows, size_t columns, size_t first, size_t last, double *gram);

/* The same added to what stands in the triangle. */
void pare_add_gram(const float *matrix, size_t rows, size_t columns, size_t first, size_t last, double *sums);

/* Step k = 0, 1, … n − 1 of Householder's reduction of the lower triangle of a symmetric matrix [n][n]; work has 3 n doubles, 0 at first. Row k of the
   upper triangle becomes the reflector v, scales[k] its factor: H = 1 − scale · v vᵀ. */
void pare_tridiagonal_step(double *matrix, size_t n, size_t k, double *work, double *diagonal, double *off, double *scales);

/* Applies the reflectors first … last − 1 of pare_tridiagonal_step to the rows of a panel, from the right. */
void pare_reflect(double *panel, const double *matrix, const double *scales, size_t n, size_t first, size_t last);

/* One implicit QL sweep towards the eigenvalue at `place` of a tridiagonal matrix, whose elements off the diagonal count as 0 from `negligible` down.
   Writes cosine and sine of each rotation, from that of the rows *top − 1 and *top down, and returns how many; 0 when the eigenvalue is found. */
size_t pare_ql_sweep(
    double *diagonal, double *off, size_t n, size_t place, double negligible, double *rotations, size_t *top);

/* Rotates the rows top − 1 and top of a panel, then those below, `count` times. */
void pare_rotate(double *panel, size_t top, const double *rotations, size_t count);

/* projections[v][c] = Σ vectors[v][r] matrix[r][c] in double, for at most four vectors of `rows` components. */
void pare_project(const double *vectors, size_t count, const float *matrix, size_t rows, size_t columns, double *projections);

/* product[i][c] = Σ left(i, k) right[k][c] for first ≤ i < last, in the order of k; left(i, k) = left[i * row_step + k * step]. */
void pare_factor_product(
    const float *left, size_t row_step, size_t step, const float *right, size_t inner, size_t columns, size_t first, size_t last,
    float *product);

/* target[b][c][r] = source[b][r][c] for matrices [rows][columns], one after another. */
void pare_turn(const float *source, size_t blocks, size_t rows, size_t columns, float *target);

#endif
