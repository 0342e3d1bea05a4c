#include "CKernels.h"

#include "clones.h"
#include "windows.h"

#include <string.h>

/* Eight lanes at any address of a float. */
typedef float eight __attribute__((vector_size(32), aligned(4)));

static inline __attribute__((always_inline)) void copy(float *restrict to, const float *restrict from, int64_t count) {
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) *(eight *)(to + i) = *(const eight *)(from + i);
    for (; i < count; i++) to[i] = from[i];
}

static inline __attribute__((always_inline)) void add(float *restrict to, const float *restrict from, int64_t count) {
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) *(eight *)(to + i) += *(const eight *)(from + i);
    for (; i < count; i++) to[i] += from[i];
}

/* One tap of one channel: the pixels that it meets in each window. */
static inline __attribute__((always_inline)) void unfold_tap(
    const pare_windows *w, const float *plane, pare_reach down, pare_reach across, float *column) {
    const int64_t width = w->output[1], step = w->strides[1];
    for (int64_t row = 0; row < w->output[0]; row++, column += width) {
        if (row < down.first || row >= down.last) {
            memset(column, 0, (size_t)width * sizeof(float));
            continue;
        }
        const float *pixels = plane + (down.start + row * w->strides[0]) * w->input[1] + across.start;
        for (int64_t i = 0; i < across.first; i++) column[i] = 0;
        if (step == 1) copy(column + across.first, pixels + across.first, across.last - across.first);
        else for (int64_t i = across.first; i < across.last; i++) column[i] = pixels[i * step];
        for (int64_t i = across.last; i < width; i++) column[i] = 0;
    }
}

static inline __attribute__((always_inline)) void fold_tap(
    const pare_windows *w, const float *column, pare_reach down, pare_reach across, float *plane) {
    const int64_t width = w->output[1], step = w->strides[1];
    for (int64_t row = down.first; row < down.last; row++) {
        const float *gradients = column + row * width;
        float *pixels = plane + (down.start + row * w->strides[0]) * w->input[1] + across.start;
        if (step == 1) add(pixels + across.first, gradients + across.first, across.last - across.first);
        else for (int64_t i = across.first; i < across.last; i++) pixels[i * step] += gradients[i];
    }
}

PARE_CLONES
void pare_unfold(const pare_windows *w, const float *image, size_t channels, float *columns) {
    const int64_t pixels = w->output[0] * w->output[1];
    for (size_t channel = 0; channel < channels; channel++, image += w->input[0] * w->input[1]) {
        for (int64_t i = 0; i < w->kernel[0]; i++) {
            const pare_reach down = pare_reach_of(w, 0, i);
            for (int64_t j = 0; j < w->kernel[1]; j++, columns += pixels) unfold_tap(w, image, down, pare_reach_of(w, 1, j), columns);
        }
    }
}

PARE_CLONES
void pare_fold(const pare_windows *w, const float *columns, size_t channels, int accumulates, float *image) {
    const int64_t pixels = w->output[0] * w->output[1], extent = w->input[0] * w->input[1];
    for (size_t channel = 0; channel < channels; channel++, image += extent) {
        if (!accumulates) memset(image, 0, (size_t)extent * sizeof(float));
        for (int64_t i = 0; i < w->kernel[0]; i++) {
            const pare_reach down = pare_reach_of(w, 0, i);
            for (int64_t j = 0; j < w->kernel[1]; j++, columns += pixels) fold_tap(w, columns, down, pare_reach_of(w, 1, j), image);
        }
    }
}

PARE_CLONES
void pare_unfold_by(const int32_t *table, size_t count, const float *image, size_t size, size_t channels, float *columns) {
    for (size_t channel = 0; channel < channels; channel++, image += size, columns += count) {
        for (size_t i = 0; i < count; i++) columns[i] = table[i] < 0 ? 0 : image[table[i]];
    }
}

void pare_fold_by(const int32_t *table, size_t count, const float *columns, size_t size, size_t channels, int accumulates, float *image) {
    if (!accumulates) memset(image, 0, channels * size * sizeof(float));
    for (size_t channel = 0; channel < channels; channel++, image += size, columns += count) {
        for (size_t i = 0; i < count; i++) if (table[i] >= 0) image[table[i]] += columns[i];
    }
}
