#include "CKernels.h"
#include "clones.h"
#include "windows.h"

#include <string.h>

/* Images side by side: the transpose of rows, eight by eight in registers. */

typedef float eight __attribute__((vector_size(32), aligned(4)));

#define PICK __builtin_shufflevector

/* Rows and columns of a square change places. */
static inline __attribute__((always_inline)) void transpose(eight r[8]) {
    eight a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = PICK(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = PICK(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            b[i + j] = PICK(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + j + 2] = PICK(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        r[i] = PICK(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        r[i + 4] = PICK(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

PARE_CLONES
void pare_to_lanes(const float *rows, int64_t images, int64_t n, int64_t pitch, int64_t lanes, int64_t step, float *target) {
    for (int64_t first = 0; first < lanes; first += 8) {
        const int64_t here = pare_least(8, images - first);
        const float *source = rows + first * pitch;
        float *lane = target + first;
        int64_t i = 0;
        if (here == 8)
            for (; i + 8 <= n; i += 8) {
                eight square[8];
                for (int k = 0; k < 8; k++) square[k] = *(const eight *)(source + k * pitch + i);
                transpose(square);
                for (int k = 0; k < 8; k++) *(eight *)(lane + (i + k) * step) = square[k];
            }
        for (; i < n; i++)
            for (int64_t k = 0; k < 8; k++) lane[i * step + k] = k < here ? source[k * pitch + i] : 0;
    }
}

PARE_CLONES
void pare_from_lanes(const float *source, int64_t images, int64_t n, int64_t pitch, int64_t lanes, int64_t step, float *rows) {
    for (int64_t first = 0; first < pare_least(lanes, images); first += 8) {
        const int64_t here = pare_least(8, images - first);
        const float *lane = source + first;
        float *target = rows + first * pitch;
        int64_t i = 0;
        if (here == 8)
            for (; i + 8 <= n; i += 8) {
                eight square[8];
                for (int k = 0; k < 8; k++) square[k] = *(const eight *)(lane + (i + k) * step);
                transpose(square);
                for (int k = 0; k < 8; k++) *(eight *)(target + k * pitch + i) = square[k];
            }
        for (; i < n; i++)
            for (int64_t k = 0; k < here; k++) target[k * pitch + i] = lane[i * step + k];
    }
}
