/* Tiles of LANES lanes; LANE is their vector, WORD that of their bits and NAME(x) a name of their own. Included once for each number of lanes. */

/* One filter: bias, or what earlier parts came to, and the weights of this part. */
static inline __attribute__((always_inline)) void NAME(tile)(
    const char *packed, int64_t pitch, const pare_sparse_entry *entry, const pare_sparse_entry *end, float *output, int64_t width,
    const int rows, const int columns, int goes_on, float bias, int relu
) {
#pragma clang fp contract(fast)
    LANE sums[rows * columns];
    if (goes_on) {
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++) sums[y * columns + x] = *(const LANE *)(output + y * width + x * LANES);
    } else {
        for (int i = 0; i < rows * columns; i++) sums[i] = (LANE){0} + bias;
    }
    for (; entry < end; entry++) {
        const char *pixels = packed + entry->offset;
        const float weight = entry->weight;
        for (int y = 0; y < rows; y++, pixels += pitch)
            for (int x = 0; x < columns; x++) sums[y * columns + x] += *(const LANE *)(pixels + x * LANES * 4) * weight;
    }
    if (relu)
        for (int i = 0; i < rows * columns; i++) sums[i] = __builtin_elementwise_max(sums[i], (LANE){0});
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) *(LANE *)(output + y * width + x * LANES) = sums[y * columns + x];
}

/* All filters of a packed tile, part by part. */
static inline __attribute__((always_inline)) void NAME(tiles)(
    const pare_sparse_convolution *p, const char *packed, int64_t pitch, float *output, int64_t width, int64_t plane, const int rows,
    const int columns
) {
    const int64_t parts = (p->channels + p->part - 1) / p->part;
    for (int64_t part = 0; part < parts; part++) {
        const int32_t *starts = p->starts + part * p->filters;
        const int relu = p->relu && part + 1 == parts;
        for (int64_t filter = 0; filter < p->filters; filter++) {
            const pare_sparse_entry *first = p->entries + starts[filter], *last = p->entries + starts[filter + 1];
            if (part > 0 && first == last && !relu) continue;
            const float bias = p->bias ? p->bias[filter] : 0;
            NAME(tile)(packed, pitch, first, last, output + filter * plane, width, rows, columns, part > 0, bias, relu);
        }
    }
}

/* Copies n lanes that lie `step` floats apart; largest becomes the greatest magnitude as bits. Asks for what comes `ahead` floats later. */
static inline __attribute__((always_inline)) void NAME(copy)(
    const float *source, int64_t step, float *target, int64_t n, int64_t ahead, int32_t *largest
) {
    WORD most = *(const WORD *)largest;
    for (int64_t i = 0; i < n; i++) {
        const LANE value = *(const LANE *)(source + i * step);
        __builtin_prefetch(source + i * step + ahead);
        *(LANE *)(target + i * LANES) = value;
        most = __builtin_elementwise_max(most, (WORD)value & 0x7FFFFFFF);
    }
    *(WORD *)largest = most;
}
