#include "CKernels.h"
#include "clones.h"

#include <string.h>

/* Stored numbers as float32. Half and eight-bit floats are moved to the place of float32's exponent and multiplied by a power of two,
   which gives subnormals their exponent too; infinities and NaN are put in afterwards. */

static inline float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}

static inline uint16_t load16(const uint8_t *source) {
    uint16_t bits;
    memcpy(&bits, source, 2);
    return bits;
}

static inline float half_value(uint16_t bits) {
    uint32_t magnitude = bits_of_float(from_bits((uint32_t)(bits & 0x7FFF) << 13) * 0x1p112f);
    uint32_t special = (bits & 0x7C00) == 0x7C00 ? 0x7F800000u : 0;
    return from_bits(magnitude | special | (uint32_t)(bits & 0x8000) << 16);
}

static inline float e4m3_value(uint8_t bits) {
    uint32_t magnitude = bits_of_float(from_bits((uint32_t)(bits & 0x7F) << 20) * 0x1p120f);
    uint32_t special = (bits & 0x7F) == 0x7F ? 0x7FC00000u : 0;
    return from_bits(magnitude | special | (uint32_t)(bits & 0x80) << 24);
}

PARE_CLONES
static void widen_half(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = half_value(load16(source + 2 * i));
}

PARE_CLONES
static void widen_brain(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = from_bits((uint32_t)load16(source + 2 * i) << 16);
}

PARE_CLONES
static void widen_e4m3(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = e4m3_value(source[i]);
}

PARE_CLONES
static void widen_e5m2(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = half_value((uint16_t)(source[i] << 8));
}

/* Without infinity and −0: the pattern of −0 is NaN. */
static inline float unsigned_zero_value(uint8_t bits, int shift, float scale) {
    uint32_t magnitude = bits_of_float(from_bits((uint32_t)(bits & 0x7F) << shift) * scale);
    return from_bits(magnitude | (bits == 0x80 ? 0x7FC00000u : (uint32_t)(bits & 0x80) << 24));
}

PARE_CLONES
static void widen_e4m3_fnuz(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = unsigned_zero_value(source[i], 20, 0x1p119f);
}

PARE_CLONES
static void widen_e5m2_fnuz(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = unsigned_zero_value(source[i], 21, 0x1p111f);
}

#define WIDEN(name, type)                                                            \
    PARE_CLONES static void name(const uint8_t *source, size_t n, float *floats) {   \
        for (size_t i = 0; i < n; i++) {                                             \
            type value;                                                              \
            memcpy(&value, source + i * sizeof value, sizeof value);                 \
            floats[i] = (float)value;                                                \
        }                                                                            \
    }

WIDEN(widen_double, double)
WIDEN(widen_int8, int8_t)
WIDEN(widen_uint8, uint8_t)
WIDEN(widen_int16, int16_t)
WIDEN(widen_uint16, uint16_t)
WIDEN(widen_int32, int32_t)
WIDEN(widen_uint32, uint32_t)
WIDEN(widen_int64, int64_t)
WIDEN(widen_uint64, uint64_t)

static void widen_bool(const uint8_t *source, size_t n, float *floats) {
    for (size_t i = 0; i < n; i++) floats[i] = source[i] != 0;
}

/* --- GGUF's blocks of 32: a scale, perhaps a minimum, perhaps the fifth bits, then four bits or a byte a weight; the first 16 weights
   are the lower halves. ---------------------------------------------------------------------------------------------------------- */

static void widen_32(pare_element type, const uint8_t *source, size_t n, float *floats) {
    int has_minimum = type == PARE_Q4_1 || type == PARE_Q5_1;
    int has_fifth = type == PARE_Q5_0 || type == PARE_Q5_1;
    float middle = has_minimum ? 0 : has_fifth ? 16 : 8;
    for (size_t block = 0; block < n / 32; block++, floats += 32) {
        float scale = half_value(load16(source)), minimum = 0;
        source += 2;
        if (has_minimum) minimum = half_value(load16(source)), source += 2;
        uint32_t fifth = 0;
        if (has_fifth) memcpy(&fifth, source, 4), source += 4;
        for (int i = 0; i < 16; i++) {
            uint32_t low = (source[i] & 15) | (fifth >> i & 1) << 4;
            uint32_t high = (source[i] >> 4) | (fifth >> (i + 16) & 1) << 4;
            floats[i] = ((float)low - middle) * scale + minimum;
            floats[i + 16] = ((float)high - middle) * scale + minimum;
        }
        source += 16;
    }
}

static void widen_q8_0(const uint8_t *source, size_t n, float *floats) {
    for (size_t block = 0; block < n / 32; block++, floats += 32, source += 34) {
        float scale = half_value(load16(source));
        for (int i = 0; i < 32; i++) floats[i] = (float)(int8_t)source[2 + i] * scale;
    }
}

/* --- GGUF's blocks of 256: eight groups of 32 with scales and minima of six bits. ------------------------------------------------ */

static void six_bits(const uint8_t *packed, int group, float *scale, float *minimum) {
    int low = group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) | (packed[group - 4] >> 6) << 4;
    int high = group < 4 ? packed[group + 4] & 63 : packed[group + 4] >> 4 | (packed[group] >> 6) << 4;
    *scale = (float)low;
    *minimum = (float)high;
}

static void widen_256(pare_element type, const uint8_t *source, size_t n, float *floats) {
    int has_fifth = type == PARE_Q5_K;
    for (size_t block = 0; block < n / 256; block++) {
        float scale = half_value(load16(source)), least = half_value(load16(source + 2));
        const uint8_t *packed = source + 4, *fifth = source + 16, *nibbles = source + (has_fifth ? 48 : 16);
        for (int group = 0; group < 8; group++, floats += 32) {
            float step, minimum;
            six_bits(packed, group, &step, &minimum);
            step *= scale;
            minimum *= least;
            const uint8_t *codes = nibbles + group / 2 * 32;
            for (int i = 0; i < 32; i++) {
                int code = group & 1 ? codes[i] >> 4 : codes[i] & 15;
                if (has_fifth) code |= (fifth[i] >> group & 1) << 4;
                floats[i] = step * (float)code - minimum;
            }
        }
        source = nibbles + 128;
    }
}

/* Blocks of 256 in two halves: four low bits, two high ones, sixteen scales of eight bits. */
static void widen_q6_k(const uint8_t *source, size_t n, float *floats) {
    for (size_t block = 0; block < n / 256; block++, source += 210) {
        float scale = half_value(load16(source + 208));
        for (int half = 0; half < 2; half++, floats += 128) {
            const uint8_t *low = source + 64 * half, *high = source + 128 + 32 * half;
            const int8_t *scales = (const int8_t *)source + 192 + 8 * half;
            for (int quarter = 0; quarter < 4; quarter++)
                for (int i = 0; i < 32; i++) {
                    int nibble = low[i + 32 * (quarter & 1)];
                    int code = (quarter < 2 ? nibble & 15 : nibble >> 4) | (high[i] >> 2 * quarter & 3) << 4;
                    floats[32 * quarter + i] = scale * (float)scales[2 * quarter + i / 16] * (float)(code - 32);
                }
        }
    }
}

void pare_widen(pare_element type, const void *source, size_t n, float *floats) {
    switch (type) {
    case PARE_FLOAT32: if (n > 0) memcpy(floats, source, 4 * n); return;
    case PARE_FLOAT64: widen_double(source, n, floats); return;
    case PARE_FLOAT16: widen_half(source, n, floats); return;
    case PARE_BFLOAT16: widen_brain(source, n, floats); return;
    case PARE_FLOAT8_E4M3: widen_e4m3(source, n, floats); return;
    case PARE_FLOAT8_E5M2: widen_e5m2(source, n, floats); return;
    case PARE_FLOAT8_E4M3_FNUZ: widen_e4m3_fnuz(source, n, floats); return;
    case PARE_FLOAT8_E5M2_FNUZ: widen_e5m2_fnuz(source, n, floats); return;
    case PARE_INT8: widen_int8(source, n, floats); return;
    case PARE_UINT8: widen_uint8(source, n, floats); return;
    case PARE_INT16: widen_int16(source, n, floats); return;
    case PARE_UINT16: widen_uint16(source, n, floats); return;
    case PARE_INT32: widen_int32(source, n, floats); return;
    case PARE_UINT32: widen_uint32(source, n, floats); return;
    case PARE_INT64: widen_int64(source, n, floats); return;
    case PARE_UINT64: widen_uint64(source, n, floats); return;
    case PARE_BOOL: widen_bool(source, n, floats); return;
    case PARE_Q4_0: case PARE_Q4_1: case PARE_Q5_0: case PARE_Q5_1: widen_32(type, source, n, floats); return;
    case PARE_Q8_0: widen_q8_0(source, n, floats); return;
    case PARE_Q4_K: case PARE_Q5_K: widen_256(type, source, n, floats); return;
    case PARE_Q6_K: widen_q6_k(source, n, floats); return;
    }
}
