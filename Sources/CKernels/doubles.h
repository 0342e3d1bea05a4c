#ifndef PARE_DOUBLES_H
#define PARE_DOUBLES_H

#include <stddef.h>

/* Eight lanes at any address of a double. Sums have fixed lanes, so that every processor gives the same bits. */
typedef double eight __attribute__((vector_size(64), aligned(8)));

static inline __attribute__((always_inline)) double total(const eight *sums) {
    const double *lanes = (const double *)sums;
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static inline __attribute__((always_inline)) double dot(const double *a, const double *b, size_t n) {
    eight sums[2] = {{0}, {0}};
    double rest = 0;
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        sums[0] += *(const eight *)(a + i) * *(const eight *)(b + i);
        sums[1] += *(const eight *)(a + i + 8) * *(const eight *)(b + i + 8);
    }
    for (; i < n; i++) rest += a[i] * b[i];
    sums[0] += sums[1];
    return total(sums) + rest;
}

#endif
