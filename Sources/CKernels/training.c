#include "CKernels.h"

#include "clones.h"

static inline uint64_t mixed(uint64_t value) {
    uint64_t z = value + UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

PARE_CLONES
void pare_drop(
    const float *values, size_t n, size_t first, uint64_t key, uint64_t threshold, float scale, float *kept) {
    for (size_t i = 0; i < n; i++) {
        const uint64_t hash = mixed(key + (uint64_t)(first + i) * UINT64_C(0x9E3779B97F4A7C15));
        kept[i] = hash >> 32 >= threshold ? values[i] * scale : 0;
    }
}
