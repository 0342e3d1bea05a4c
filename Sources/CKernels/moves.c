#include "CKernels.h"

#include "clones.h"

#include <string.h>

enum { MAXIMUM_RANK = 16 };

/* How the offsets of a row go on. */
typedef enum row_form { ROW_RUN, ROW_STEPS, ROW_ANY } row_form;

static row_form form_of(const int64_t *row, size_t n, int64_t *step) {
    *step = n > 1 ? row[1] - row[0] : 1;
    if (n == 0 || row[0] == PARE_MOVE_OUTSIDE) return ROW_ANY;
    for (size_t i = 1; i < n; i++)
        if (row[i] == PARE_MOVE_OUTSIDE || row[i] - row[i - 1] != *step) return ROW_ANY;
    return *step == 1 ? ROW_RUN : ROW_STEPS;
}

static inline __attribute__((always_inline)) void fill_row(float *to, size_t n, float value) {
    for (size_t i = 0; i < n; i++) to[i] = value;
}

static inline __attribute__((always_inline)) void move_row(
    row_form form, const int64_t *row, int64_t step, size_t n, const float *from, float fill, float *to) {
    switch (form) {
    case ROW_RUN: memcpy(to, from + row[0], n * sizeof(float)); return;
    case ROW_STEPS:
        if (step == 0) return fill_row(to, n, from[row[0]]);
        for (size_t i = 0; i < n; i++) to[i] = from[row[0] + (int64_t)i * step];
        return;
    case ROW_ANY:
        for (size_t i = 0; i < n; i++) to[i] = row[i] == PARE_MOVE_OUTSIDE ? fill : from[row[i]];
        return;
    }
}

PARE_CLONES
void pare_move(const pare_moves *moves, const float *from, float *to, size_t first, size_t last) {
    const int end = moves->rank - 1;
    const int64_t *tables[MAXIMUM_RANK];
    size_t counters[MAXIMUM_RANK] = { 0 };
    if (end < 0 || end >= MAXIMUM_RANK) return;
    tables[0] = moves->tables;
    for (int axis = 0; axis < end; axis++) tables[axis + 1] = tables[axis] + moves->counts[axis];
    const size_t width = moves->counts[end];
    int64_t step;
    const row_form form = form_of(tables[end], width, &step);
    size_t rest = first;
    for (int axis = end - 1; axis >= 0; axis--) {
        counters[axis] = rest % moves->counts[axis];
        rest /= moves->counts[axis];
    }
    for (size_t row = first; row < last; row++) {
        int64_t start = 0;
        int is_outside = 0;
        for (int axis = 0; axis < end; axis++) {
            const int64_t offset = tables[axis][counters[axis]];
            if (offset == PARE_MOVE_OUTSIDE) is_outside = 1;
            else start += offset;
        }
        float *target = to + row * width;
        if (is_outside) fill_row(target, width, moves->fill);
        else move_row(form, tables[end], step, width, from + start, moves->fill, target);
        for (int axis = end - 1; axis >= 0; axis--) {
            if (++counters[axis] < moves->counts[axis]) break;
            counters[axis] = 0;
        }
    }
}

PARE_CLONES
void pare_interpolate(const pare_taps *taps, const float *x, float *y, size_t first, size_t last) {
    const size_t inner = taps->inner;
    for (size_t row = first; row < last; row++) {
        const size_t output = row % taps->outputs;
        const float *source = x + row / taps->outputs * taps->inputs * inner;
        float *restrict target = y + row * inner;
        if (taps->starts[output] == taps->starts[output + 1]) fill_row(target, inner, 0);
        for (size_t tap = taps->starts[output]; tap < taps->starts[output + 1]; tap++) {
            const float *restrict from = source + taps->places[tap] * inner;
            const float weight = taps->weights[tap];
            if (tap == taps->starts[output]) for (size_t i = 0; i < inner; i++) target[i] = weight * from[i];
            else for (size_t i = 0; i < inner; i++) target[i] += weight * from[i];
        }
    }
}
