#ifndef PARE_COMPENSATION_H
#define PARE_COMPENSATION_H

#include <stddef.h>
#include <stdint.h>

/* Weights of one row that are rounded or removed while the others make good what that changes: ½ δᵀ H δ grows least, H = 2/N Σ x xᵀ of what the row is
   multiplied with (Hassibi and Stork 1993; Frantar and others 2022, 2023). Matrices are row-major, in double. */

/* matrix [count][count]: the rows and columns `places` of a symmetric one [n][n] of which both triangles are there. */
void pare_gather(const double *source, size_t n, const int32_t *places, size_t count, double *matrix);

/* What rounding in the order 0 … n − 1 needs, from Cholesky's factor of the matrix with rows and columns the other way round, so that H = R Rᵀ with an
   upper triangular R: feedback [n][n], below the diagonal, (j, i) = R_ij / R_jj, and curvature [n] = R_jj². */
void pare_feedback(const double *factor, size_t n, double *feedback, double *curvature);

/* The values that weights may have: lists one after another, each ascending. */
typedef struct pare_candidates {
    const float *values;
    /* Where each list begins, and the end of the last. */
    const int32_t *starts;
    /* The list of each weight of the row. */
    const int32_t *lists;
    /* What a value costs beside the error; NULL for nothing, and then the nearest is taken. */
    const float *prices;
    /* What any value but 0 costs, one a weight; NULL for nothing. */
    const float *others;
} pare_candidates;

/* Rounds a row: of weight j the value v with the least ½ curvature_j (t − v)² + prices, t = target_j + Σ_{i<j} error_i · feedback_ji; error = target −
   value. `chosen` are indices of values. Cost: n² / 2. */
void pare_round_row(
    const double *targets, const double *feedback, const double *curvature, size_t n, const pare_candidates *candidates, double *errors,
    int32_t *chosen);

/* One pass of coordinate descent: each weight takes the value v with the least ½ H_jj (t − v)² + prices, t = value_j − gradient_j / H_jj, where that
   is less than now. `gradient` = H · (values − targets), kept up to date. Returns how many changed. Cost: n a change. */
size_t pare_descend_row(const double *matrix, size_t n, const pare_candidates *candidates, double *gradient, int32_t *chosen);

/* Adds a row to the system of the values that its weights share: gram [k][k] += Σ_ij H_ij [label_i = a][label_j = b], sides [k] += Σ_ij H_ij
   [label_i = a] target_j. A label below 0 is left out. `scratch` has k · n numbers. */
void pare_add_labels(
    const double *matrix, size_t n, const int32_t *labels, size_t k, const double *targets, double *scratch, double *gram, double *sides);

/* Removes `count` weights of a row, one after another that with the least w² / (2 G_pp), G = H⁻¹ of those that are left, of which the lower triangle is
   read [n][n] and `alive` rows are there. The others move by −G_ip w_p / G_pp. `weights` and `places` are those of the rows, and are swapped with
   them; `removed` and `losses` take places and losses in order. Cost: alive² / 2 a weight. */
void pare_remove_weights(
    double *inverse, size_t n, size_t alive, size_t count, double *weights, int32_t *places, int32_t *removed, double *losses);

#endif
