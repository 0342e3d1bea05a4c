#ifndef PARE_LEAST_SQUARES_H
#define PARE_LEAST_SQUARES_H

#include <stddef.h>

/* Cholesky's factor of a symmetric, positive definite matrix in double, in pieces of a few milliseconds. Matrices are row-major, and only the lower
   triangle is read. Sums have fixed lanes, so that every processor gives the same bits. */

/* Replaces the rows first … last − 1 of the lower triangle by those of the factor L, A = L · Lᵀ; the rows before are done, and `first` is a multiple
   of 4. Returns 0 where a pivot is not above `least`. */
int pare_cholesky(double *matrix, size_t n, size_t first, size_t last, double least);

/* Solves L · Lᵀ x = b for `count` right sides [count][n], in their place. */
void pare_cholesky_solve(const double *factor, size_t n, double *sides, size_t count);

/* product[i] = Σ_j A(i, j) v[j] of a symmetric matrix of which the lower triangle is read. */
void pare_symmetric_product(const double *matrix, size_t n, const double *v, double *product);

/* matrix [rows][columns] -= left [rows][rank] · right [rank][columns]. */
void pare_subtract_product(double *matrix, const double *left, const double *right, size_t rows, size_t columns, size_t rank);

#endif
