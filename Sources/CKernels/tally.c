#include "CKernels.h"
#include "clones.h"

#include <string.h>

enum { LANES = 16, FINE_SHIFT = 32 - PARE_FINE_BITS };

/* A counter of one byte overflows into its count every 256 times: the tables that are written all the time stay in the first cache. */
#define TALLY(table, number)                                        \
    do {                                                            \
        uint32_t key = (uint32_t)(number);                          \
        if (__builtin_expect(++(table)[key] == 0, 0)) counts[key] += 256; \
    } while (0)

/* Eight bytes are read at once: four numbers, by turns into two tables, so that equal neighbours do not wait for each other. */
PARE_CLONES
void pare_tally_16(const void *source, size_t n, uint8_t *low, uint32_t *counts) {
    const uint8_t *bytes = source;
    uint8_t *first = low, *second = low + 65536;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        uint64_t four;
        memcpy(&four, bytes + 2 * i, 8);
        TALLY(first, four & 0xFFFF);
        TALLY(second, four >> 16 & 0xFFFF);
        TALLY(first, four >> 32 & 0xFFFF);
        TALLY(second, four >> 48);
    }
    for (; i < n; i++) {
        uint16_t bits;
        memcpy(&bits, bytes + 2 * i, 2);
        TALLY(first, bits);
    }
}

void pare_tally_8(const void *source, size_t n, uint32_t *counts) {
    const uint8_t *bytes = source;
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (int table = 0; table < PARE_TALLIES; table++) counts[256 * table + bytes[i + (size_t)table]]++;
    for (; i < n; i++) counts[bytes[i]]++;
}

static inline __attribute__((always_inline)) double total(const double *lanes) {
    double pairs[LANES / 2];
    for (int i = 0; i < LANES / 2; i++) pairs[i] = lanes[i] + lanes[i + LANES / 2];
    return ((pairs[0] + pairs[4]) + (pairs[2] + pairs[6])) + ((pairs[1] + pairs[5]) + (pairs[3] + pairs[7]));
}

static inline __attribute__((always_inline)) void add(
    float value, double centre, double *first, double *second, float *least, float *largest) {
    double difference = (double)value - centre;
    *first += difference;
    *second += difference * difference;
    *least = value < *least ? value : *least;
    *largest = value > *largest ? value : *largest;
}

/* Sums go by lanes, whose number is fixed: no clone may regroup them. Summing and counting take turns, for they want other parts of a core. */
PARE_CLONES
void pare_tally_32(const float *values, size_t n, double centre, uint8_t *low, uint32_t *counts, pare_float_sums *sums) {
    double first[LANES] = {0}, second[LANES] = {0};
    float least[LANES], largest[LANES];
    for (int lane = 0; lane < LANES; lane++) least[lane] = sums->least, largest[lane] = sums->largest;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        uint64_t pairs[LANES / 2];
        memcpy(pairs, values + i, sizeof pairs);
        for (int lane = 0; lane < LANES; lane++)
            add(values[i + (size_t)lane], centre, first + lane, second + lane, least + lane, largest + lane);
        for (int pair = 0; pair < LANES / 2; pair++) {
            TALLY(low, (uint32_t)pairs[pair] >> FINE_SHIFT);
            TALLY(low, pairs[pair] >> (32 + FINE_SHIFT));
        }
    }
    for (size_t lane = 0; i < n; i++, lane++) {
        uint32_t bits;
        memcpy(&bits, values + i, 4);
        TALLY(low, bits >> FINE_SHIFT);
        add(values[i], centre, first + lane, second + lane, least + lane, largest + lane);
    }
    sums->first += total(first);
    sums->second += total(second);
    for (int lane = 0; lane < LANES; lane++) {
        if (least[lane] < sums->least) sums->least = least[lane];
        if (largest[lane] > sums->largest) sums->largest = largest[lane];
    }
}
