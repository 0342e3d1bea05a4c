#ifndef PARE_RANGE_CODER_H
#define PARE_RANGE_CODER_H

#include <stdint.h>
#include <stdlib.h>

/* A range coder with carry (Martin 1979): 32 bits of range, probabilities of 16 bits. The first byte, always 0, is not written, and
   the end is the shortest that decodes alike: up to four zero bytes are left out. */

typedef struct pare_range_encoder {
    uint64_t low;
    uint32_t range;
    uint8_t cache;
    /* Bytes that wait for a carry, the cache among them; 1 at the start. */
    uint64_t pending;
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    /* Set once the first byte has come out. */
    int has_begun;
    int is_out_of_memory;
} pare_range_encoder;

static inline void pare_range_put(pare_range_encoder *coder, uint8_t byte) {
    if (!coder->has_begun) {
        coder->has_begun = 1;
        return;
    }
    if (coder->size == coder->capacity) {
        size_t capacity = coder->capacity ? 2 * coder->capacity : 4096;
        uint8_t *bytes = realloc(coder->bytes, capacity);
        if (!bytes) {
            coder->is_out_of_memory = 1;
            return;
        }
        coder->bytes = bytes;
        coder->capacity = capacity;
    }
    coder->bytes[coder->size++] = byte;
}

/* Moves the upper byte out; a byte of ones waits, for a carry may still come. */
static inline void pare_range_shift(pare_range_encoder *coder) {
    if (coder->low < 0xFF000000u || coder->low >> 32) {
        uint8_t carry = (uint8_t)(coder->low >> 32);
        for (uint8_t byte = coder->cache; coder->pending; coder->pending--, byte = 0xFF)
            pare_range_put(coder, (uint8_t)(byte + carry));
        coder->cache = (uint8_t)(coder->low >> 24);
    }
    coder->pending++;
    coder->low = (coder->low & 0x00FFFFFFu) << 8;
}

static inline void pare_range_encode(pare_range_encoder *coder, int bit, uint32_t one) {
    uint32_t bound = (uint32_t)((uint64_t)coder->range * one >> 16);
    if (bit) coder->range = bound;
    else {
        coder->low += bound;
        coder->range -= bound;
    }
    while (coder->range < 1u << 24) {
        coder->range <<= 8;
        pare_range_shift(coder);
    }
}

/* The number of the last interval with the most trailing zeros. */
static inline void pare_range_finish(pare_range_encoder *coder) {
    uint64_t last = coder->low + coder->range - 1;
    for (int bits = 32; bits >= 0; bits--) {
        uint64_t mask = ((uint64_t)1 << bits) - 1;
        uint64_t number = (coder->low + mask) & ~mask;
        if (number > last) continue;
        coder->low = number;
        break;
    }
    for (int byte = 0; byte < 5; byte++) pare_range_shift(coder);
    for (int byte = 0; byte < 4 && coder->size > 1 && coder->bytes[coder->size - 1] == 0; byte++) coder->size--;
}

typedef struct pare_range_decoder {
    uint32_t range;
    uint32_t code;
    const uint8_t *bytes;
    size_t size;
    /* The byte that is read next; it may run up to four beyond the end. */
    size_t position;
} pare_range_decoder;

static inline uint8_t pare_range_get(pare_range_decoder *coder) {
    size_t position = coder->position++;
    return position < coder->size ? coder->bytes[position] : 0;
}

static inline void pare_range_begin(pare_range_decoder *coder) {
    for (int byte = 0; byte < 4; byte++) coder->code = coder->code << 8 | pare_range_get(coder);
}

static inline int pare_range_decode(pare_range_decoder *coder, uint32_t one) {
    uint32_t bound = (uint32_t)((uint64_t)coder->range * one >> 16);
    int bit = coder->code < bound;
    if (bit) coder->range = bound;
    else {
        coder->code -= bound;
        coder->range -= bound;
    }
    while (coder->range < 1u << 24) {
        coder->range <<= 8;
        coder->code = coder->code << 8 | pare_range_get(coder);
    }
    return bit;
}

#endif
