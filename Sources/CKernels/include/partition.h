#ifndef PARE_PARTITION_H
#define PARE_PARTITION_H

#include <stddef.h>
#include <stdint.h>

/* Cuts ascending weights into parts of least squared error, with a penalty on their number. The caller owns all memory. */

/* Atoms are what is never cut: equal weights, or neighbours that are taken for their mean. Each has its count, Σ (mean − centre) and
   Σ (mean − centre)² at its place. `open` to `squares_of_open` are the atom that the next weight may still join. */
typedef struct pare_atoms {
    double *counts, *sums, *squares;
    size_t count, capacity;
    double centre;
    /* Weights join the open atom while it spans at most `width` and holds fewer than `most`; equal ones always do. */
    double width, most;
    /* Σ (w − mean of its atom)². */
    double spread;
    float first_of_open, last_of_open;
    double open, sum_of_open, squares_of_open;
} pare_atoms;

/* Goes on with n ascending weights, each as often as `counts` says (NULL: once). 1 where there are more than `capacity` atoms, else 0. */
int pare_add_atoms(pare_atoms *atoms, const float *values, const ptrdiff_t *counts, size_t n);
/* Closes the open atom; weights that follow begin another. */
int pare_close_atom(pare_atoms *atoms);

/* Turns `count` numbers into the sums before each, count + 1 of them, outwards from the place `middle`, where the sum is 0: so sums near
   it are small, and a difference of two loses nothing to what lies far out. Compensated (Neumaier, 1974). */
void pare_sum_outwards(double *numbers, size_t count, size_t middle);

/* A 1-D dynamic programme over atoms, in the sums before each: least[j] = min over i < j of least[i] + error of the atoms i ..< j around
   their mean + penalty, begins[j] the best i. The errors satisfy the quadrangle inequality, so the best i never falls, and a queue of
   candidates with the first j of each finds all of them (Galil and Park, 1990). Memory: 20 bytes an atom. */
typedef struct pare_partition {
    size_t atoms;
    const double *counts, *sums, *squares;
    double penalty;
    /* All of atoms + 1 entries. */
    double *least;
    int32_t *begins, *candidates, *starts;
    size_t head, tail, done;
} pare_partition;

/* Begins a round; penalty > 0, atoms < 2^31. */
void pare_partition_begin(pare_partition *partition, double penalty);
/* Goes on by `columns` atoms: 1 where all are done. Cost: some 12 errors a column. */
int pare_partition_advance(pare_partition *partition, size_t columns);
/* Σ (w − mean)² of the atoms begin ..< end. */
double pare_partition_error(const pare_partition *partition, size_t begin, size_t end);

#endif
