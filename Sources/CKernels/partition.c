#include "partition.h"

#include <math.h>

#include "clones.h"

static void open_atom(pare_atoms *atoms, float value, double count) {
    atoms->first_of_open = value;
    atoms->open = count;
    atoms->sum_of_open = atoms->squares_of_open = 0;
}

int pare_close_atom(pare_atoms *atoms) {
    if (atoms->open == 0) return 0;
    if (atoms->count == atoms->capacity) return 1;
    const double mean = ((double)atoms->first_of_open - atoms->centre) + atoms->sum_of_open / atoms->open;
    const double spread = atoms->squares_of_open - atoms->sum_of_open * atoms->sum_of_open / atoms->open;
    atoms->counts[atoms->count] = atoms->open;
    atoms->sums[atoms->count] = atoms->open * mean;
    atoms->squares[atoms->count] = atoms->open * mean * mean;
    atoms->spread += spread > 0 ? spread : 0;
    atoms->count++;
    atoms->open = 0;
    return 0;
}

int pare_add_atoms(pare_atoms *atoms, const float *values, const ptrdiff_t *counts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const double count = counts ? (double)counts[i] : 1;
        const double offset = (double)values[i] - (double)atoms->first_of_open;
        const int joins = atoms->open > 0 && (values[i] == atoms->last_of_open || (offset <= atoms->width && atoms->open < atoms->most));
        if (joins) {
            atoms->open += count;
            atoms->sum_of_open += count * offset;
            atoms->squares_of_open += count * offset * offset;
        } else {
            if (pare_close_atom(atoms)) return 1;
            open_atom(atoms, values[i], count);
        }
        atoms->last_of_open = values[i];
    }
    return 0;
}

/* A running sum and what it lost. */
typedef struct {
    double sum, lost;
} Running;

static inline void add(Running *running, double added) {
    const double next = running->sum + added;
    running->lost += fabs(running->sum) >= fabs(added) ? (running->sum - next) + added : (added - next) + running->sum;
    running->sum = next;
}

void pare_sum_outwards(double *numbers, size_t count, size_t middle) {
    Running up = {0, 0}, down = {0, 0};
    for (size_t i = middle; i < count; i++) {
        const double added = numbers[i];
        numbers[i] = up.sum + up.lost;
        add(&up, added);
    }
    numbers[count] = up.sum + up.lost;
    for (size_t i = middle; i-- > 0;) {
        add(&down, -numbers[i]);
        numbers[i] = down.sum + down.lost;
    }
}

static inline double error_of(const pare_partition *partition, size_t begin, size_t end) {
    if (end - begin < 2) return 0;
    const double count = partition->counts[end] - partition->counts[begin];
    const double sum = partition->sums[end] - partition->sums[begin];
    const double error = partition->squares[end] - partition->squares[begin] - sum * sum / count;
    return error > 0 ? error : 0;
}

double pare_partition_error(const pare_partition *partition, size_t begin, size_t end) { return error_of(partition, begin, end); }

void pare_partition_begin(pare_partition *partition, double penalty) {
    partition->penalty = penalty;
    partition->least[0] = 0;
    partition->begins[0] = partition->candidates[0] = 0;
    partition->starts[0] = 1;
    partition->head = partition->done = 0;
    partition->tail = 1;
}

static inline int is_better(const pare_partition *partition, size_t newer, size_t older, size_t end) {
    return partition->least[newer] + error_of(partition, newer, end) < partition->least[older] + error_of(partition, older, end);
}

/* The first end beyond `low`, where it is not yet, at which the newer candidate is better; atoms + 1 for none. It is near: doubling steps,
   then halving. */
static inline size_t first_better(const pare_partition *partition, size_t newer, size_t older, size_t low) {
    const size_t last = partition->atoms;
    size_t step = 1, high = low + 1;
    while (high <= last && !is_better(partition, newer, older, high)) {
        low = high;
        step *= 2;
        high = low + step;
    }
    if (high > last) high = last + 1;
    while (low + 1 < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_better(partition, newer, older, middle)) high = middle;
        else low = middle;
    }
    return high;
}

/* The atom behind which a part may begin joins the queue, and takes the place of candidates that are worse wherever they would count. */
static inline void add_candidate(pare_partition *partition, size_t newer) {
    size_t start = newer, older;
    for (;; partition->tail--) {
        older = (size_t)partition->candidates[partition->tail - 1];
        start = (size_t)partition->starts[partition->tail - 1];
        if (partition->tail == partition->head + 1 || !is_better(partition, newer, older, start)) break;
    }
    start = first_better(partition, newer, older, start > newer ? start : newer);
    if (start > partition->atoms) return;
    partition->candidates[partition->tail] = (int32_t)newer;
    partition->starts[partition->tail] = (int32_t)start;
    partition->tail++;
}

int pare_partition_advance(pare_partition *partition, size_t columns) {
    const size_t left = partition->atoms - partition->done, last = partition->done + (left < columns ? left : columns);
    for (size_t end = partition->done + 1; end <= last; end++) {
        while (partition->head + 1 < partition->tail && (size_t)partition->starts[partition->head + 1] <= end) partition->head++;
        const size_t begin = (size_t)partition->candidates[partition->head];
        partition->least[end] = partition->least[begin] + error_of(partition, begin, end) + partition->penalty;
        partition->begins[end] = (int32_t)begin;
        if (end < partition->atoms) add_candidate(partition, end);
    }
    partition->done = last;
    return last == partition->atoms;
}
