#include "CKernels.h"
#include "reservoir.h"

size_t pare_huffman_encode(
    const int32_t *levels, size_t n, int32_t low, const uint16_t *codes, const uint8_t *lengths, uint8_t *bytes
) {
    uint64_t bits = 0;
    int count = 0;
    uint8_t *next = bytes;
    for (size_t i = 0; i < n; i++) {
        int32_t symbol = levels[i] - low;
        bits |= (uint64_t)codes[symbol] << count;
        count += lengths[symbol];
        if (count < 48) continue;
        for (int byte = 0; byte < 6; byte++) next[byte] = (uint8_t)(bits >> 8 * byte);
        next += 6;
        bits >>= 48;
        count -= 48;
    }
    for (; count > 0; count -= 8, bits >>= 8) *next++ = (uint8_t)bits;
    return (size_t)(next - bytes);
}

enum { MOST = 3 };

/* The first symbol of each window, then those that follow: a code is whole where its length fits the bits that are left. */
void pare_huffman_table(
    const uint16_t *codes, const uint8_t *lengths, size_t symbols, int32_t low, int width, pare_huffman_entry *table
) {
    size_t windows = (size_t)1 << width;
    for (size_t symbol = 0; symbol < symbols; symbol++) {
        uint8_t length = lengths[symbol];
        if (length == 0) continue;
        pare_huffman_entry entry = {length, 1, length, {(int16_t)((int32_t)symbol + low), 0, 0}};
        for (size_t window = codes[symbol]; window < windows; window += (size_t)1 << length) table[window] = entry;
    }
    for (size_t window = 0; window < windows; window++) {
        pare_huffman_entry *entry = &table[window];
        while (entry->count < MOST) {
            const pare_huffman_entry *next = &table[window >> entry->bits];
            if (entry->bits + next->first > width) break;
            entry->levels[entry->count++] = next->levels[0];
            entry->bits = (uint8_t)(entry->bits + next->first);
        }
    }
}

size_t pare_huffman_decode(
    const uint8_t *bytes, size_t size, size_t *position, const pare_huffman_entry *table, int width, size_t n, int32_t *levels
) {
    uint64_t mask = ((uint64_t)1 << width) - 1;
    size_t bit = *position, end = 8 * size, done = 0;
    while (done + 3 * MOST <= n && bit + 64 <= end) {
        uint64_t window = pare_load(bytes, size, bit >> 3) >> (bit & 7);
        int used = 0;
        /* At least 57 bits are there: three windows of up to 16. */
        for (int turn = 0; turn < 3; turn++) {
            pare_huffman_entry entry = table[window >> used & mask];
            for (int i = 0; i < MOST; i++) levels[done + (size_t)i] = entry.levels[i];
            done += entry.count;
            used += entry.bits;
        }
        bit += (size_t)used;
    }
    for (; done < n; done++) {
        pare_huffman_entry entry = table[pare_load(bytes, size, bit >> 3) >> (bit & 7) & mask];
        if (bit + entry.first > end) break;
        levels[done] = entry.levels[0];
        bit += entry.first;
    }
    *position = bit;
    return done;
}
