#include "CImages.h"
#include <math.h>
#include <stdlib.h>

/* The weights of one target pixel: those of `count` source pixels from `first` on, scaled by 2^22. */
struct window {
    size_t first, count;
    int32_t *weights;
};

#define PRECISION 22

/* Triangle of half-width max(1, source / target) source pixels around the pixel's centre, normalized. */
static void fill(struct window *window, size_t source, size_t target, size_t index, double *scratch) {
    double scale = (double)source / (double)target;
    double reach = scale > 1 ? scale : 1;
    double centre = ((double)index + 0.5) * scale;
    long first = (long)(centre - reach + 0.5), last = (long)(centre + reach + 0.5);
    if (first < 0) first = 0;
    if (last > (long)source) last = (long)source;
    double sum = 0;
    for (long at = first; at < last; at++) {
        double distance = fabs(((double)at - centre + 0.5) / reach);
        scratch[at - first] = distance < 1 ? 1 - distance : 0;
        sum += scratch[at - first];
    }
    window->first = (size_t)first;
    window->count = (size_t)(last - first);
    for (size_t at = 0; at < window->count; at++) {
        double weight = sum == 0 ? 0 : scratch[at] / sum * (1 << PRECISION);
        window->weights[at] = (int32_t)(weight + 0.5);
    }
}

static uint8_t rounded(int64_t sum) {
    sum = (sum + (1 << (PRECISION - 1))) >> PRECISION;
    return sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
}

/* `outer` times a line of `source` pixels of `step` bytes' distance, each of `inner` bytes that are resized alike. */
static int resize(const uint8_t *pixels, size_t outer, size_t source, size_t inner, size_t target, uint8_t *result) {
    size_t room = (size_t)ceil(source > target ? 2.0 * (double)source / (double)target : 2.0) + 2;
    int32_t *weights = malloc(room * sizeof *weights);
    double *scratch = malloc(room * sizeof *scratch);
    if (weights == NULL || scratch == NULL) {
        free(weights);
        free(scratch);
        return 1;
    }
    struct window window = {0, 0, weights};
    for (size_t index = 0; index < target; index++) {
        fill(&window, source, target, index, scratch);
        for (size_t line = 0; line < outer; line++) {
            const uint8_t *from = pixels + (line * source + window.first) * inner;
            uint8_t *to = result + (line * target + index) * inner;
            for (size_t byte = 0; byte < inner; byte++) {
                int64_t sum = 0;
                for (size_t at = 0; at < window.count; at++) sum += (int64_t)weights[at] * from[at * inner + byte];
                to[byte] = rounded(sum);
            }
        }
    }
    free(weights);
    free(scratch);
    return 0;
}

int cimages_resize_rows(const uint8_t *source, size_t height, size_t width, size_t channels, size_t target, uint8_t *pixels) {
    return resize(source, height, width, channels, target, pixels);
}

int cimages_resize_columns(const uint8_t *source, size_t height, size_t width, size_t channels, size_t target, uint8_t *pixels) {
    return resize(source, 1, height, width * channels, target, pixels);
}
