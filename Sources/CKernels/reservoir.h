#ifndef PARE_RESERVOIR_H
#define PARE_RESERVOIR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 64 bits from byte `at` on, little-endian, zeros behind the end. */
static inline uint64_t pare_load(const uint8_t *bytes, size_t size, size_t at) {
    uint64_t word = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (at + 8 <= size) {
        memcpy(&word, bytes + at, 8);
        return word;
    }
#endif
    for (size_t i = 0; i < 8 && at + i < size; i++) word |= (uint64_t)bytes[at + i] << 8 * i;
    return word;
}

/* Bits on their way into bytes. */
typedef struct Reservoir {
    uint64_t bits;
    int count;
    uint8_t *next;
} Reservoir;

/* Up to 32 bits. */
static inline void pare_put(Reservoir *reservoir, uint32_t value, int bits) {
    reservoir->bits |= (uint64_t)value << reservoir->count;
    reservoir->count += bits;
    while (reservoir->count >= 8) {
        *reservoir->next++ = (uint8_t)reservoir->bits;
        reservoir->bits >>= 8;
        reservoir->count -= 8;
    }
}

static inline size_t pare_finish(Reservoir *reservoir, const uint8_t *bytes) {
    if (reservoir->count > 0) *reservoir->next++ = (uint8_t)reservoir->bits;
    return (size_t)(reservoir->next - bytes);
}

#endif
