#ifndef PARE_WINDOWS_H
#define PARE_WINDOWS_H

#include "CKernels.h"

static inline int64_t pare_least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t pare_most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Where a tap meets pixels along one axis: the outputs first ..< last; output i meets pixel `start + i · stride`. */
typedef struct {
    int64_t first;
    int64_t last;
    int64_t start;
} pare_reach;

static inline pare_reach pare_reach_of(const pare_windows *w, int axis, int64_t tap) {
    const int64_t start = tap * w->dilations[axis] - w->pads_before[axis], stride = w->strides[axis];
    const int64_t left = w->input[axis] - start; /* pixels from the first window's tap to the end */
    pare_reach reach = { start >= 0 ? 0 : (stride - 1 - start) / stride, left <= 0 ? 0 : (left - 1) / stride + 1, start };
    reach.last = pare_least(reach.last, w->output[axis]);
    reach.first = pare_least(reach.first, reach.last);
    return reach;
}

/* 2 by 2 windows side by side that cover the images exactly. */
static inline int pare_are_quarters(const pare_windows *w) {
    for (int axis = 0; axis < 2; axis++) {
        if (w->kernel[axis] != 2 || w->strides[axis] != 2 || w->dilations[axis] != 1 || w->pads_before[axis] != 0
            || w->output[axis] * 2 != w->input[axis]) {
            return 0;
        }
    }
    return 1;
}

#endif
