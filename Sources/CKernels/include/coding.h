#ifndef PARE_CODING_H
#define PARE_CODING_H

#include <stddef.h>
#include <stdint.h>

/* Inner loops of the coders of levels. Bits go from the lowest of a byte to the highest; a stream is padded with zeros to a byte. */

/* Writes levels[i] − low, minus 1 more above 0 where `skips_zero`, with `bits` bits each, 0 … 32; bytes has room for
   ceil(n · bits / 8) + 8. Gives the bytes written. */
size_t pare_pack(const int32_t *levels, size_t n, int32_t low, int skips_zero, int bits, uint8_t *bytes);

/* Reads n such levels from bit `position` on. The bits lie inside the `size` bytes. Gives the first symbol ≥ `symbols` (and stops), or n. */
size_t pare_unpack(
    const uint8_t *bytes, size_t size, size_t position, size_t n, int32_t low, int skips_zero, int bits, uint64_t symbols,
    int32_t *levels);

/* One bit a level: whether it is not 0. bytes has room for ceil(n / 8). */
void pare_mark_levels(const int32_t *levels, size_t n, uint8_t *bytes);

/* How often each level occurs, counts[level − low]; every level is in low …. */
void pare_count_levels(const int32_t *levels, size_t n, int32_t low, int64_t *counts);

/* The least and the largest of n ≥ 1 levels. */
void pare_level_range(const int32_t *levels, size_t n, int32_t *low, int32_t *high);

/* Entries of a relative index of `bits` bits, fillers among them: counts[gap] of each, 2^bits of them. Gives the fillers. */
size_t pare_count_gaps(const int32_t *levels, size_t n, int bits, int64_t *counts);

/* The entries themselves: zeros skipped, and the level, 0 for a filler. */
void pare_list_entries(const int32_t *levels, size_t n, int bits, int32_t *gaps, int32_t *values);

/* The levels that are not 0, one after another. Gives how many. */
size_t pare_list_levels(const int32_t *levels, size_t n, int32_t *values);

/* Replaces the first `count` levels that are not 0 by values, in order. Gives where the next one is to be looked for. */
size_t pare_fill_marks(int32_t *levels, size_t n, const int32_t *values, size_t count);

/* Writes the code of each symbol levels[i] − low: codes[symbol], lowest bit first, of lengths[symbol] ≤ 16 bits. bytes has room for
   all bits and 8 bytes more. Gives the bytes written. */
size_t pare_huffman_encode(
    const int32_t *levels, size_t n, int32_t low, const uint16_t *codes, const uint8_t *lengths, uint8_t *bytes);

/* What a window of bits decodes to: up to 3 whole symbols, as levels; `bits` of all, `first` of the first one. */
typedef struct pare_huffman_entry {
    uint8_t bits;
    uint8_t count;
    uint8_t first;
    int16_t levels[3];
} pare_huffman_entry;

/* Fills 2^width entries, width ≤ 16, from canonical codes (lowest bit first) that are complete: their lengths ≤ width, 0 for unused
   symbols. |low|, |low + symbols| < 2^15. */
void pare_huffman_table(
    const uint16_t *codes, const uint8_t *lengths, size_t symbols, int32_t low, int width, pare_huffman_entry *table);

/* Decodes up to n levels from bit *position on, which goes on behind the last one. Gives the levels decoded: fewer where the bytes end. */
size_t pare_huffman_decode(
    const uint8_t *bytes, size_t size, size_t *position, const pare_huffman_entry *table, int width, size_t n, int32_t *levels);

#endif
