#include "CKernels.h"
#include "clones.h"
#include "reservoir.h"

size_t pare_pack(const int32_t *levels, size_t n, int32_t low, int skips_zero, int bits, uint8_t *bytes) {
    Reservoir reservoir = {0, 0, bytes};
    for (size_t i = 0; i < n; i++) {
        uint32_t symbol = (uint32_t)levels[i] - (uint32_t)low - (uint32_t)(skips_zero && levels[i] > 0);
        pare_put(&reservoir, symbol, bits);
    }
    return pare_finish(&reservoir, bytes);
}

size_t pare_unpack(
    const uint8_t *bytes, size_t size, size_t position, size_t n, int32_t low, int skips_zero, int bits, uint64_t symbols,
    int32_t *levels
) {
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (size_t i = 0; i < n; i++, position += (size_t)bits) {
        uint64_t symbol = pare_load(bytes, size, position >> 3) >> (position & 7) & mask;
        if (symbol >= symbols) return i;
        int32_t level = (int32_t)((uint32_t)symbol + (uint32_t)low);
        levels[i] = level + (skips_zero && level >= 0);
    }
    return n;
}

void pare_mark_levels(const int32_t *levels, size_t n, uint8_t *bytes) {
    for (size_t i = 0; i < n; i += 8) {
        uint8_t marks = 0;
        for (size_t bit = 0; bit < 8 && i + bit < n; bit++) marks |= (uint8_t)((levels[i + bit] != 0) << bit);
        bytes[i >> 3] = marks;
    }
}

void pare_count_levels(const int32_t *levels, size_t n, int32_t low, int64_t *counts) {
    for (size_t i = 0; i < n; i++) counts[levels[i] - low]++;
}

PARE_CLONES
void pare_level_range(const int32_t *levels, size_t n, int32_t *low, int32_t *high) {
    int32_t least = levels[0], largest = levels[0];
    for (size_t i = 1; i < n; i++) {
        least = levels[i] < least ? levels[i] : least;
        largest = levels[i] > largest ? levels[i] : largest;
    }
    *low = least;
    *high = largest;
}

size_t pare_count_gaps(const int32_t *levels, size_t n, int bits, int64_t *counts) {
    size_t start = 0, fillers = 0, most = (size_t)1 << bits;
    for (size_t i = 0; i < n; i++) {
        if (levels[i] == 0) continue;
        size_t skipped = i - start;
        fillers += skipped >> bits;
        counts[skipped & (most - 1)]++;
        start = i + 1;
    }
    counts[most - 1] += (int64_t)fillers;
    return fillers;
}

void pare_list_entries(const int32_t *levels, size_t n, int bits, int32_t *gaps, int32_t *values) {
    size_t start = 0, most = (size_t)1 << bits;
    for (size_t i = 0; i < n; i++) {
        if (levels[i] == 0) continue;
        for (; i - start >= most; start += most) {
            *gaps++ = (int32_t)(most - 1);
            *values++ = 0;
        }
        *gaps++ = (int32_t)(i - start);
        *values++ = levels[i];
        start = i + 1;
    }
}

size_t pare_list_levels(const int32_t *levels, size_t n, int32_t *values) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) if (levels[i] != 0) values[count++] = levels[i];
    return count;
}

size_t pare_fill_marks(int32_t *levels, size_t n, const int32_t *values, size_t count) {
    size_t i = 0;
    for (size_t done = 0; done < count && i < n; i++)
        if (levels[i] != 0) levels[i] = values[done++];
    return i;
}
