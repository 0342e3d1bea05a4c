#include "CKernels.h"
#include "clones.h"
#include "sums.h"

#include <math.h>
#include <pthread.h>

/* Sums in double with a fixed number of lanes: no clone may regroup them, so all give the same bits. */

enum { LANES = 16, PARALLEL_BLOCKS = 1 << 12 };

static inline __attribute__((always_inline)) double total(const double *lanes) {
    double pairs[LANES / 2];
    for (int i = 0; i < LANES / 2; i++) pairs[i] = lanes[i] + lanes[i + LANES / 2];
    return ((pairs[0] + pairs[4]) + (pairs[2] + pairs[6])) + ((pairs[1] + pairs[5]) + (pairs[3] + pairs[7]));
}

static inline __attribute__((always_inline)) void centred(
    const float *values, size_t n, double centre, double *sum, double *squares
) {
    double first[LANES] = {0}, second[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            double difference = (double)values[i + lane] - centre;
            first[lane] += difference;
            second[lane] += difference * difference;
        }
    for (int lane = 0; i < n; i++, lane++) {
        double difference = (double)values[i] - centre;
        first[lane] += difference;
        second[lane] += difference * difference;
    }
    *sum = total(first);
    *squares = total(second);
}

PARE_CLONES
void pare_centred_sums(const float *values, size_t n, double centre, double *sum, double *squares) {
    centred(values, n, centre, sum, squares);
}

PARE_CLONES
void pare_sum_blocks(const float *values, size_t n, size_t first, size_t last, const BlockSums *sums) {
    for (size_t block = first; block < last; block++) {
        size_t start = block * PARE_BLOCK, size = n - start < PARE_BLOCK ? n - start : PARE_BLOCK;
        sums->heads[block] = values[start];
        centred(values + start, size, sums->centre, &sums->sums[block], &sums->squares[block]);
    }
}

typedef struct {
    const float *values;
    size_t n, first, last;
    BlockSums *sums;
} Part;

static void *sum_part(void *context) {
    Part *part = context;
    pare_sum_blocks(part->values, part->n, part->first, part->last, part->sums);
    return NULL;
}

/* Replaces block sums by the sums before each block, with a compensated running sum (Neumaier, 1974). */
static void accumulate(double *sums, size_t blocks) {
    double sum = 0, lost = 0;
    for (size_t block = 0; block < blocks; block++) {
        double added = sums[block], next = sum + added;
        sums[block] = sum + lost;
        lost += fabs(sum) >= fabs(added) ? (sum - next) + added : (added - next) + sum;
        sum = next;
    }
    sums[blocks] = sum + lost;
}

void pare_accumulate_blocks(size_t blocks, const BlockSums *sums) {
    accumulate(sums->sums, blocks);
    accumulate(sums->squares, blocks);
}

void pare_block_sums(const float *values, size_t n, double centre, float *heads, double *sums, double *squares) {
    size_t blocks = (n + PARE_BLOCK - 1) / PARE_BLOCK, half = blocks / 2;
    BlockSums all = {heads, sums, squares, centre};
    Part first = {values, n, 0, half, &all}, second = {values, n, half, blocks, &all};
    pthread_t thread;
    if (blocks >= PARALLEL_BLOCKS && pthread_create(&thread, NULL, sum_part, &second) == 0) {
        sum_part(&first);
        pthread_join(thread, NULL);
    } else {
        sum_part(&first);
        sum_part(&second);
    }
    pare_accumulate_blocks(blocks, &all);
}

PARE_CLONES
double pare_sum_of_magnitudes(const float *values, size_t n) {
    double lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++) lanes[lane] += fabs((double)values[i + lane]);
    for (int lane = 0; i < n; i++, lane++) lanes[lane] += fabs((double)values[i]);
    return total(lanes);
}

PARE_CLONES
float pare_largest_magnitude(const float *values, size_t n) {
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        float magnitude = fabsf(values[i]);
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

void pare_row_magnitudes(const float *values, size_t rows, size_t columns, float *largest, double *mean) {
    for (size_t row = 0; row < rows; row++) {
        const float *start = values + row * columns;
        if (largest) largest[row] = pare_largest_magnitude(start, columns);
        if (mean) mean[row] = columns ? pare_sum_of_magnitudes(start, columns) / (double)columns : 0;
    }
}
