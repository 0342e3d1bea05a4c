#include "CKernels.h"
#include "clones.h"
#include "sums.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Radix sort of float32 for memory that is much larger than the caches. The upper 16 bits are counted; neighbours are
   joined to buckets of about equal size that fit a cache; one scatter fills them, collecting whole lines and streaming them
   out (Wassenberg and Sanders, 2011), so that thousands of open buckets cost neither reads of the target nor TLB misses;
   then each bucket is sorted by the bits in which its keys can differ, and summed while it lies in the cache. */

enum {
    PREFIX_SHIFT = 16,
    PREFIXES = 1 << 16,
    BUCKET_KEYS = 8 << 10,
    MOST_BUCKETS = 4096,
    LINE = 16,
    INSERTION = 40,
    ONE_BUCKET_BELOW = 1 << 15,
    WORKERS = 2,
    PARALLEL_FROM = 1 << 18
};

/* Order-preserving keys: negative floats have all bits turned, the others the sign bit. */
static inline uint32_t key_of(uint32_t bits) { return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u); }
static inline uint32_t bits_of(uint32_t key) { return key ^ (((key >> 31) - 1) | 0x80000000u); }

/* Keys base … base + 2^bits − 1, which lie in target[start ..< next bucket's start]. */
typedef struct {
    size_t start;
    uint32_t base;
    int bits;
} Bucket;

typedef struct {
    Bucket buckets[MOST_BUCKETS + 1];
    int count;
    size_t largest;
    uint16_t of_prefix[PREFIXES];
    atomic_int next;
    /* The bucket of the median, sorted before the others. */
    int middle;
    /* NULL where only the order is wanted. */
    BlockSums *sums;
    size_t n;
} Layout;

typedef struct {
    const uint32_t *source;
    uint32_t *target;
    size_t begin, end;
    uint32_t counts[PREFIXES];
    size_t positions[MOST_BUCKETS];
    Layout *layout;
    int failed;
} Worker;

static void *count_prefixes(void *context) {
    Worker *worker = context;
    memset(worker->counts, 0, sizeof worker->counts);
    for (size_t i = worker->begin; i < worker->end; i++) worker->counts[key_of(worker->source[i]) >> PREFIX_SHIFT]++;
    return NULL;
}

static int bit_length(uint32_t value) { return value ? 32 - __builtin_clz(value) : 0; }

/* Joins neighbouring prefixes while they fit a bucket, and gives each worker its place in every bucket: the sort is stable. */
static void lay_out(Layout *layout, Worker *workers, int count, size_t n) {
    size_t most = n / (MOST_BUCKETS / 2) > BUCKET_KEYS ? n / (MOST_BUCKETS / 2) : BUCKET_KEYS;
    size_t start = 0, size = 0;
    uint32_t first = 0;
    layout->count = 0;
    layout->largest = 0;
    for (uint32_t prefix = 0; prefix <= PREFIXES; prefix++) {
        size_t added = 0;
        if (prefix < PREFIXES) for (int i = 0; i < count; i++) added += workers[i].counts[prefix];
        if (prefix == PREFIXES || (size > 0 && size + added > most)) {
            layout->buckets[layout->count++] = (Bucket){start, first << PREFIX_SHIFT, PREFIX_SHIFT + bit_length(prefix - 1 - first)};
            if (size > layout->largest) layout->largest = size;
            start += size;
            size = 0;
            first = prefix;
        }
        size += added;
        if (prefix < PREFIXES) layout->of_prefix[prefix] = (uint16_t)layout->count;
    }
    layout->buckets[layout->count].start = start;
    for (int i = 0; i < count; i++) memset(workers[i].positions, 0, sizeof workers[i].positions);
    for (int i = 0; i + 1 < count; i++)
        for (uint32_t prefix = 0; prefix < PREFIXES; prefix++)
            workers[i + 1].positions[layout->of_prefix[prefix]] += workers[i].counts[prefix];
    for (int bucket = 0; bucket < layout->count; bucket++) {
        size_t position = layout->buckets[bucket].start;
        for (int i = 0; i < count; i++) workers[i].positions[bucket] = position += workers[i].positions[bucket];
    }
}

typedef uint32_t Vector __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) void stream_line(uint32_t *target, const uint32_t *line) {
    for (int i = 0; i < LINE; i += 8) __builtin_nontemporal_store(*(const Vector *)(line + i), (Vector *)(target + i));
}

/* A line of the target that is complete: all of it is ours, or it begins inside the neighbour's keys. */
static inline __attribute__((always_inline)) void flush(uint32_t *target, const uint32_t *line, size_t first, size_t start) {
    if (first >= start) return stream_line(target + first, line);
    memcpy(target + start, line + (start - first), (LINE - (start - first)) * 4);
}

/* A complete line leaves when its bucket gets its next key: by then its last key has reached the cache, and reads need not wait. */
PARE_CLONES
static void fill_lines(const Worker *worker, uint32_t (*lines)[LINE], size_t *ends) {
    const uint16_t *of_prefix = worker->layout->of_prefix;
    const uint32_t *source = worker->source;
    const size_t *starts = worker->positions, end = worker->end;
    uint32_t *target = worker->target;
    for (size_t i = worker->begin; i < end; i++) {
        uint32_t key = key_of(source[i]);
        uint32_t bucket = of_prefix[key >> PREFIX_SHIFT];
        size_t at = ends[bucket]++;
        if (at % LINE == 0 && at > starts[bucket]) flush(target, lines[bucket], at - LINE, starts[bucket]);
        lines[bucket][at % LINE] = key;
    }
}

static void *scatter(void *context) {
    Worker *worker = context;
    const size_t count = (size_t)worker->layout->count;
    uint32_t(*lines)[LINE] = pare_allocate(count * sizeof(uint32_t[LINE]));
    size_t *ends = malloc(count * sizeof(size_t));
    worker->failed = !lines || !ends;
    if (!worker->failed) {
        memcpy(ends, worker->positions, count * sizeof(size_t));
        fill_lines(worker, lines, ends);
        for (size_t bucket = 0; bucket < count; bucket++) {
            if (ends[bucket] == worker->positions[bucket]) continue;
            size_t first = (ends[bucket] - 1) / LINE * LINE;
            if (first < worker->positions[bucket]) first = worker->positions[bucket];
            memcpy(worker->target + first, lines[bucket] + first % LINE, (ends[bucket] - first) * 4);
        }
        atomic_thread_fence(memory_order_seq_cst);
    }
    pare_deallocate(lines);
    free(ends);
    return NULL;
}

/* Turns counts into the first position of each digit. */
static inline void accumulate(uint32_t *counts, int size) {
    uint32_t sum = 0;
    for (int i = 0; i < size; i++) {
        uint32_t count = counts[i];
        counts[i] = sum;
        sum += count;
    }
}

/* Stable passes over `passes` digits of `bits`, the last of which turns keys into bits; passes whose digit is constant are left
   out. Returns where the bits are. */
static inline __attribute__((always_inline)) uint32_t *sort_digits(
    uint32_t *keys, size_t n, uint32_t base, uint32_t *scratch, const int passes, const int bits
) {
    const uint32_t mask = (1u << bits) - 1;
    uint32_t counts[3][1 << 11];
    for (int pass = 0; pass < passes; pass++) memset(counts[pass], 0, sizeof(uint32_t) << bits);
    for (size_t i = 0; i < n; i++)
        for (int pass = 0; pass < passes; pass++) counts[pass][(keys[i] - base) >> (pass * bits) & mask]++;
    int last = passes;
    while (last > 0 && counts[last - 1][(keys[0] - base) >> ((last - 1) * bits) & mask] == n) last--;
    for (int pass = 0; pass < last; pass++) {
        uint32_t *counted = counts[pass], *other = keys;
        const int shift = pass * bits;
        if (counted[(keys[0] - base) >> shift & mask] == n) continue;
        accumulate(counted, 1 << bits);
        if (pass + 1 < last)
            for (size_t i = 0; i < n; i++) scratch[counted[(keys[i] - base) >> shift & mask]++] = keys[i];
        else
            for (size_t i = 0; i < n; i++) scratch[counted[(keys[i] - base) >> shift & mask]++] = bits_of(keys[i]);
        keys = scratch;
        scratch = other;
    }
    if (last == 0) for (size_t i = 0; i < n; i++) keys[i] = bits_of(keys[i]);
    return keys;
}

static void sort_by_insertion(uint32_t *keys, size_t n) {
    for (size_t i = 1; i < n; i++) {
        uint32_t key = keys[i];
        size_t at = i;
        for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
        keys[at] = key;
    }
    for (size_t i = 0; i < n; i++) keys[i] = bits_of(keys[i]);
}

PARE_CLONES
static void sort_bucket(uint32_t *keys, size_t n, uint32_t base, int bits, uint32_t *scratch) {
    const uint32_t *sorted = keys;
    if (n <= INSERTION) sort_by_insertion(keys, n);
    else if (bits <= 16) sorted = sort_digits(keys, n, 0, scratch, 2, 8);
    else if (bits <= 18) sorted = sort_digits(keys, n, base, scratch, 2, 9);
    else if (bits <= 20) sorted = sort_digits(keys, n, base, scratch, 2, 10);
    else if (bits <= 22) sorted = sort_digits(keys, n, base, scratch, 2, 11);
    else sorted = sort_digits(keys, n, base, scratch, 3, 11);
    if (sorted != keys) memcpy(keys, sorted, n * 4);
}

static void sort_bucket_at(const Layout *layout, int index, uint32_t *target, uint32_t *scratch) {
    const Bucket *bucket = &layout->buckets[index];
    sort_bucket(target + bucket->start, bucket[1].start - bucket->start, bucket->base, bucket->bits, scratch);
}

/* The blocks that lie wholly inside a bucket. */
static void sum_inside(const Layout *layout, int index, const float *sorted) {
    const size_t start = layout->buckets[index].start, end = layout->buckets[index + 1].start;
    const size_t first = (start + PARE_BLOCK - 1) / PARE_BLOCK;
    const size_t last = end == layout->n ? (end + PARE_BLOCK - 1) / PARE_BLOCK : end / PARE_BLOCK;
    if (first < last) pare_sum_blocks(sorted, layout->n, first, last, layout->sums);
}

/* The blocks in which a bucket ends and another begins. */
static void sum_borders(const Layout *layout, const float *sorted) {
    for (int index = 1; index < layout->count; index++) {
        const size_t block = layout->buckets[index].start / PARE_BLOCK;
        if (layout->buckets[index].start % PARE_BLOCK) pare_sum_blocks(sorted, layout->n, block, block + 1, layout->sums);
    }
}

/* Takes buckets until none is left. A worker without memory takes none: the others sort them all. */
static void *sort_buckets(void *context) {
    Worker *worker = context;
    Layout *layout = worker->layout;
    uint32_t *scratch = pare_allocate(layout->largest * 4);
    if (!scratch) return NULL;
    for (int index; (index = atomic_fetch_add(&layout->next, 1)) < layout->count;) {
        if (index != layout->middle) sort_bucket_at(layout, index, worker->target, scratch);
        if (layout->sums) sum_inside(layout, index, (const float *)worker->target);
    }
    pare_deallocate(scratch);
    return NULL;
}

/* Sorts the bucket of the median, which the sums are about. */
static int find_centre(Layout *layout, uint32_t *target) {
    uint32_t *scratch = pare_allocate(layout->largest * 4);
    if (!scratch) return PARE_NO_MEMORY;
    int index = 0;
    while (layout->buckets[index + 1].start <= layout->n / 2) index++;
    sort_bucket_at(layout, index, target, scratch);
    pare_deallocate(scratch);
    layout->middle = index;
    layout->sums->centre = (double)((const float *)target)[layout->n / 2];
    return PARE_DONE;
}

/* Runs one step on every worker: the first on the caller's thread, and any for which no thread can be made. */
static void run(void *(*step)(void *), Worker *workers, int count) {
    pthread_t threads[WORKERS];
    int started[WORKERS] = {0};
    for (int i = 1; i < count; i++) started[i] = pthread_create(&threads[i], NULL, step, &workers[i]) == 0;
    for (int i = 0; i < count; i++) if (!started[i]) step(&workers[i]);
    for (int i = 1; i < count; i++) if (started[i]) pthread_join(threads[i], NULL);
}

static size_t first_nonfinite(const uint32_t *bits, size_t n) {
    for (size_t i = 0; i < n; i++) if ((bits[i] & 0x7F800000u) == 0x7F800000u) return i;
    return n;
}

/* Infinities and NaN have an exponent of ones: the first and last 128 prefixes. */
static int has_nonfinite(const Worker *workers, int count) {
    uint32_t found = 0;
    for (int i = 0; i < count; i++)
        for (uint32_t prefix = 0; prefix < 128; prefix++)
            found |= workers[i].counts[prefix] | workers[i].counts[PREFIXES - 1 - prefix];
    return found != 0;
}

static int sort_small(const uint32_t *bits, size_t n, uint32_t *sorted, BlockSums *sums, size_t *nonfinite) {
    *nonfinite = first_nonfinite(bits, n);
    if (*nonfinite < n) return PARE_NOT_FINITE;
    uint32_t *scratch = pare_allocate(n * 4);
    if (!scratch) return PARE_NO_MEMORY;
    for (size_t i = 0; i < n; i++) sorted[i] = key_of(bits[i]);
    sort_bucket(sorted, n, 0, 32, scratch);
    pare_deallocate(scratch);
    if (!sums) return PARE_DONE;
    const float *values = (const float *)sorted;
    sums->centre = n ? (double)values[n / 2] : 0;
    pare_sum_blocks(values, n, 0, (n + PARE_BLOCK - 1) / PARE_BLOCK, sums);
    return PARE_DONE;
}

static int sort_large(Worker *workers, int count, Layout *layout, size_t *nonfinite) {
    run(count_prefixes, workers, count);
    if (has_nonfinite(workers, count)) {
        *nonfinite = first_nonfinite(workers[0].source, layout->n);
        return PARE_NOT_FINITE;
    }
    lay_out(layout, workers, count, layout->n);
    run(scatter, workers, count);
    for (int i = 0; i < count; i++) if (workers[i].failed) return PARE_NO_MEMORY;
    if (layout->sums && find_centre(layout, workers[0].target) != PARE_DONE) return PARE_NO_MEMORY;
    run(sort_buckets, workers, count);
    if (atomic_load(&layout->next) < layout->count) return PARE_NO_MEMORY;
    if (layout->sums) sum_borders(layout, (const float *)workers[0].target);
    return PARE_DONE;
}

static int sort_any(const float *values, size_t n, float *sorted, BlockSums *sums, size_t *nonfinite) {
    if (n < ONE_BUCKET_BELOW) return sort_small((const uint32_t *)values, n, (uint32_t *)sorted, sums, nonfinite);
    int count = n < PARALLEL_FROM ? 1 : WORKERS, status = PARE_NO_MEMORY;
    Worker *workers = calloc((size_t)count, sizeof(Worker));
    Layout *layout = calloc(1, sizeof(Layout));
    if (workers && layout) {
        layout->n = n;
        layout->sums = sums;
        layout->middle = -1;
        for (int i = 0; i < count; i++) {
            workers[i].source = (const uint32_t *)values;
            workers[i].target = (uint32_t *)sorted;
            workers[i].begin = n * (size_t)i / (size_t)count;
            workers[i].end = n * (size_t)(i + 1) / (size_t)count;
            workers[i].layout = layout;
        }
        status = sort_large(workers, count, layout, nonfinite);
    }
    free(workers);
    free(layout);
    return status;
}

int pare_sort(const float *values, size_t n, float *sorted, size_t *nonfinite) {
    return sort_any(values, n, sorted, NULL, nonfinite);
}

int pare_sort_and_sum(
    const float *values, size_t n, float *sorted, float *heads, double *sums, double *squares, double *centre, size_t *nonfinite
) {
    BlockSums blocks = {heads, sums, squares, 0};
    int status = sort_any(values, n, sorted, &blocks, nonfinite);
    if (status != PARE_DONE) return status;
    pare_accumulate_blocks((n + PARE_BLOCK - 1) / PARE_BLOCK, &blocks);
    *centre = blocks.centre;
    return PARE_DONE;
}
