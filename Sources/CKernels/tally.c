#include "CKernels.h"
#include "clones.h"

#include <string.h>

enum { LANES = 16, PIECE = 2048, FINE_SHIFT = 32 - PARE_FINE_BITS };

/* Eight bytes are read at once: four numbers, each into a table of its own. */
PARE_CLONES
void pare_tally_16(const void *source, size_t n, uint32_t *counts) {
    const uint8_t *bytes = source;
    uint32_t *first = counts, *second = counts + 65536, *third = counts + 2 * 65536, *fourth = counts + 3 * 65536;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t low, high;
        memcpy(&low, bytes + 2 * i, 8);
        memcpy(&high, bytes + 2 * i + 8, 8);
        first[low & 0xFFFF]++;
        second[low >> 16 & 0xFFFF]++;
        third[low >> 32 & 0xFFFF]++;
        fourth[low >> 48]++;
        first[high & 0xFFFF]++;
        second[high >> 16 & 0xFFFF]++;
        third[high >> 32 & 0xFFFF]++;
        fourth[high >> 48]++;
    }
    for (; i < n; i++) {
        uint16_t bits;
        memcpy(&bits, bytes + 2 * i, 2);
        first[bits]++;
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

/* Sums with a fixed number of lanes: no clone may regroup them. */
static inline __attribute__((always_inline)) void sum(const float *values, size_t n, double centre, pare_float_sums *sums) {
    double first[LANES] = {0}, second[LANES] = {0};
    float least[LANES], largest[LANES];
    for (int lane = 0; lane < LANES; lane++) least[lane] = sums->least, largest[lane] = sums->largest;
    for (size_t i = 0; i < n; i += LANES) {
        size_t width = n - i < LANES ? n - i : LANES;
        if (width == LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                float value = values[i + (size_t)lane];
                double difference = (double)value - centre;
                first[lane] += difference;
                second[lane] += difference * difference;
                least[lane] = value < least[lane] ? value : least[lane];
                largest[lane] = value > largest[lane] ? value : largest[lane];
            }
        } else {
            for (size_t lane = 0; lane < width; lane++) {
                float value = values[i + lane];
                double difference = (double)value - centre;
                first[lane] += difference;
                second[lane] += difference * difference;
                least[lane] = value < least[lane] ? value : least[lane];
                largest[lane] = value > largest[lane] ? value : largest[lane];
            }
        }
    }
    sums->first += total(first);
    sums->second += total(second);
    for (int lane = 0; lane < LANES; lane++) {
        if (least[lane] < sums->least) sums->least = least[lane];
        if (largest[lane] > sums->largest) sums->largest = largest[lane];
    }
}

/* Pieces that stay in the cache are counted, then summed. */
PARE_CLONES
void pare_tally_32(const float *values, size_t n, double centre, uint32_t *counts, pare_float_sums *sums) {
    for (size_t start = 0; start < n; start += PIECE) {
        size_t size = n - start < PIECE ? n - start : PIECE;
        const float *piece = values + start;
        for (size_t i = 0; i < size; i++) {
            uint32_t bits;
            memcpy(&bits, piece + i, 4);
            counts[bits >> FINE_SHIFT]++;
        }
        sum(piece, size, centre, sums);
    }
}
