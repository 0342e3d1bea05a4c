#include "CKernels.h"

#include "clones.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

INLINE float level(float x, float scale, float zero, float lower, float upper) {
    const float sum = nearbyintf(x / scale) + zero, raised = sum < lower ? lower : sum;
    return raised > upper ? upper : raised;
}

/* Calls `row` for runs of elements with one scale, or with one each where neighbours have different ones. */
#define RUNS(run, each)                                                                                        \
    while (first < last) {                                                                                     \
        const size_t k = grid->inner == 1 ? first % grid->count : first / grid->inner % grid->count;           \
        const size_t rest = grid->count == 1 ? last - first                                                    \
            : grid->inner == 1 ? grid->count - k : grid->inner - first % grid->inner;                          \
        const size_t n = rest < last - first ? rest : last - first;                                            \
        if (grid->inner == 1 && grid->count > 1) {                                                             \
            for (size_t i = 0; i < n; i++) {                                                                   \
                const float v = x[first + i], scale = grid->scales[k + i], zero = grid->zeros ? grid->zeros[k + i] : 0; \
                y[first + i] = (each);                                                                         \
            }                                                                                                  \
        } else {                                                                                               \
            const float scale = grid->scales[k], zero = grid->zeros ? grid->zeros[k] : 0;                      \
            for (size_t i = 0; i < n; i++) {                                                                   \
                const float v = x[first + i];                                                                  \
                y[first + i] = (run);                                                                          \
            }                                                                                                  \
        }                                                                                                      \
        first += n;                                                                                            \
    }

PARE_CLONES
void pare_linear_quantize(const pare_grid *grid, const float *x, float *y, size_t first, size_t last) {
    const float lower = grid->lower, upper = grid->upper;
    RUNS(level(v, scale, zero, lower, upper), level(v, scale, zero, lower, upper))
}

PARE_CLONES
void pare_linear_dequantize(const pare_grid *grid, const float *x, float *y, size_t first, size_t last) {
    RUNS((v - zero) * scale, (v - zero) * scale)
}

PARE_CLONES
void pare_quantize_by_range(pare_range_result result, const float *x, size_t outer, size_t step, size_t n, float *y) {
    float least = 0, largest = 0;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < n; i++) {
            const float v = x[o * step + i];
            least = v < least ? v : least;
            largest = v > largest ? v : largest;
        }
    const float scale = largest > least ? (largest - least) / 255 : 1;
    const float low = -least / scale, zero = nearbyintf(low > 255 ? 255 : low);
    if (result == PARE_RANGE_SCALE) *y = scale;
    else if (result == PARE_RANGE_ZERO) *y = zero;
    else
        for (size_t o = 0; o < outer; o++)
            for (size_t i = 0; i < n; i++) {
                const float code = level(x[o * step + i], scale, zero, 0, 255);
                y[o * step + i] = result == PARE_RANGE_CODES ? code : (code - zero) * scale;
            }
}
