#include "CKernels.h"

#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define PARE_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define PARE_CLONES
#endif

PARE_CLONES
size_t pare_count_above(const float *values, size_t n, float threshold) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += fabsf(values[i]) > threshold;
    return count;
}
