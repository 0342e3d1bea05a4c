#include "CKernels.h"

#include "clones.h"
#include "doubles.h"

#include <math.h>
#include <string.h>

void pare_gather(const double *source, size_t n, const int32_t *places, size_t count, double *matrix) {
    for (size_t i = 0; i < count; i++) {
        const double *row = source + (size_t)places[i] * n;
        for (size_t j = 0; j < count; j++) matrix[i * count + j] = row[places[j]];
    }
}

void pare_feedback(const double *factor, size_t n, double *feedback, double *curvature) {
    for (size_t j = 0; j < n; j++) {
        const size_t turned = n - 1 - j;
        const double pivot = factor[turned * n + turned];
        curvature[j] = pivot * pivot;
        for (size_t i = 0; i < j; i++) feedback[j * n + i] = factor[(n - 1 - i) * n + turned] / pivot;
    }
}

/* The first of a list that is not below `target`, or its end. */
static inline int32_t not_below(const float *values, int32_t low, int32_t high, double target) {
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if ((double)values[middle] < target) low = middle + 1;
        else high = middle;
    }
    return low;
}

static inline double cost_of(const pare_candidates *c, size_t weight, int32_t index, double target, double curvature) {
    const double error = target - (double)c->values[index];
    double cost = 0.5 * curvature * error * error;
    if (c->prices) cost += (double)c->prices[index];
    if (c->others && c->values[index] != 0) cost += (double)c->others[weight];
    return cost;
}

static inline void try_one(
    const pare_candidates *c, size_t weight, int32_t index, double target, double curvature, int32_t *best, double *least) {
    const double cost = cost_of(c, weight, index, target, curvature);
    if (cost < *least) *least = cost, *best = index;
}

/* The nearest two, with prices also the next ones on both sides and 0; a list is not empty. */
static inline int32_t choose(const pare_candidates *c, size_t weight, double target, double curvature) {
    const int32_t start = c->starts[c->lists[weight]], end = c->starts[c->lists[weight] + 1];
    const int32_t above = not_below(c->values, start, end, target);
    const int32_t reach = c->prices || c->others ? 2 : 1;
    int32_t best = above < end ? above : end - 1;
    double least = INFINITY;
    for (int32_t index = above - reach; index < above + reach; index++)
        if (index >= start && index < end) try_one(c, weight, index, target, curvature, &best, &least);
    if (reach > 1) {
        const int32_t zero = not_below(c->values, start, end, 0);
        if (zero < end && c->values[zero] == 0) try_one(c, weight, zero, target, curvature, &best, &least);
    }
    return best;
}

PARE_CLONES
void pare_round_row(
    const double *targets, const double *feedback, const double *curvature, size_t n, const pare_candidates *candidates, double *errors,
    int32_t *chosen
) {
    for (size_t j = 0; j < n; j++) {
        const double target = targets[j] + dot(errors, feedback + j * n, j);
        chosen[j] = choose(candidates, j, target, curvature[j]);
        errors[j] = targets[j] - (double)candidates->values[chosen[j]];
    }
}

PARE_CLONES
size_t pare_descend_row(const double *matrix, size_t n, const pare_candidates *candidates, double *gradient, int32_t *chosen) {
    size_t changes = 0;
    for (size_t j = 0; j < n; j++) {
        const double *row = matrix + j * n, own = (double)candidates->values[chosen[j]];
        if (!(row[j] > 0)) continue;
        const double target = own - gradient[j] / row[j];
        const int32_t best = choose(candidates, j, target, row[j]);
        if (best == chosen[j]) continue;
        const double now = cost_of(candidates, j, chosen[j], target, row[j]), then = cost_of(candidates, j, best, target, row[j]);
        if (!(then < now - 1e-12 * fabs(now))) continue;
        const double step = (double)candidates->values[best] - own;
        for (size_t i = 0; i < n; i++) gradient[i] += step * row[i];
        chosen[j] = best;
        changes++;
    }
    return changes;
}

PARE_CLONES
void pare_add_labels(
    const double *matrix, size_t n, const int32_t *labels, size_t k, const double *targets, double *scratch, double *gram, double *sides
) {
    memset(scratch, 0, k * n * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        if (labels[i] < 0) continue;
        double *sum = scratch + (size_t)labels[i] * n;
        const double *row = matrix + i * n;
        for (size_t j = 0; j < n; j++) sum[j] += row[j];
    }
    for (size_t a = 0; a < k; a++) {
        const double *sum = scratch + a * n;
        sides[a] += dot(sum, targets, n);
        for (size_t j = 0; j < n; j++)
            if (labels[j] >= 0) gram[a * k + (size_t)labels[j]] += sum[j];
    }
}

/* Exchanges two rows, and the columns of the same numbers, of a symmetric matrix of which the lower triangle is there; low < high. */
static void exchange(double *matrix, size_t n, size_t low, size_t high) {
    double *first = matrix + low * n, *second = matrix + high * n;
    for (size_t i = 0; i < low; i++) {
        const double value = first[i];
        first[i] = second[i], second[i] = value;
    }
    for (size_t i = low + 1; i < high; i++) {
        const double value = matrix[i * n + low];
        matrix[i * n + low] = second[i], second[i] = value;
    }
    const double value = first[low];
    first[low] = second[high], second[high] = value;
}

PARE_CLONES
void pare_remove_weights(
    double *inverse, size_t n, size_t alive, size_t count, double *weights, int32_t *places, int32_t *removed, double *losses
) {
    for (size_t done = 0; done < count && alive > 0; done++, alive--) {
        size_t best = 0;
        double least = INFINITY;
        for (size_t i = 0; i < alive; i++) {
            const double loss = weights[i] * weights[i] / (2 * inverse[i * n + i]);
            if (loss < least) least = loss, best = i;
        }
        const size_t last = alive - 1;
        removed[done] = places[best], losses[done] = least;
        if (best < last) {
            exchange(inverse, n, best, last);
            const double weight = weights[best];
            weights[best] = weights[last], weights[last] = weight;
            const int32_t place = places[best];
            places[best] = places[last], places[last] = place;
        }
        const double *row = inverse + last * n, pivot = row[last], move = weights[last] / pivot;
        for (size_t i = 0; i < last; i++) {
            weights[i] -= row[i] * move;
            const double factor = row[i] / pivot;
            double *own = inverse + i * n;
            for (size_t j = 0; j <= i; j++) own[j] -= factor * row[j];
        }
        weights[last] = 0;
    }
}
