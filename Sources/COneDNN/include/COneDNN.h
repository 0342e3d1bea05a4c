#ifndef PARE_ONEDNN_H
#define PARE_ONEDNN_H

#include <stddef.h>
#include <stdint.h>

/* oneDNN behind one small interface, the same for versions 2.x and 3.x.
 *
 * Everything is float32 on the CPU unless a layout says otherwise. Each function that can fail returns oneDNN's status, 0 for success, and writes its result
 * through the first pointer only then. Whoever creates a handle destroys it; destroying NULL does nothing. A primitive keeps no
 * layout that it was made from, but the memories among its arguments must outlive its executions. It has scratch memory of its own, so
 * that it may run on another thread than the one that made it, though only on one at a time.
 *
 * This header needs none of oneDNN's, so that only the C files of this target depend on the installed version. */

typedef struct pare_engine pare_engine;       /* the CPU and a stream in it, which runs in order */
typedef struct pare_layout pare_layout;       /* extents of a tensor and how its elements lie in memory */
typedef struct pare_memory pare_memory;       /* a layout bound to an address */
typedef struct pare_primitive pare_primitive; /* an operation that is ready to run, with its list of arguments */

enum { PARE_MAXIMUM_RANK = 6, PARE_MAXIMUM_POST_OPERATIONS = 4 };

/* What a tensor is to a primitive. */
typedef enum pare_argument {
    PARE_SOURCE = 1,
    PARE_SOURCE_1 = 2,
    PARE_DESTINATION = 17,
    PARE_WEIGHTS = 33,
    PARE_BIAS = 41,
    PARE_MEAN = 49,
    PARE_VARIANCE = 50,
    PARE_SCALE = 51,
    PARE_SHIFT = 52,
    PARE_WORKSPACE = 64,
    PARE_SOURCE_GRADIENT = 129,
    PARE_DESTINATION_GRADIENT = 145,
    PARE_WEIGHT_GRADIENT = 161,
    PARE_MULTIPLE_SOURCES = 1024, /* plus the index, for concatenation */
} pare_argument;

/* What the elements of a layout are. */
typedef enum pare_type {
    PARE_TYPE_FLOAT32 = 0,
    PARE_TYPE_SIGNED_BYTES = 1,
    PARE_TYPE_BYTES = 2, /* without a sign */
    PARE_TYPE_WHOLE32 = 3,
} pare_type;

/* Whether a primitive must leave what a backward pass needs. */
typedef enum pare_mode { PARE_INFERENCE = 0, PARE_TRAINING = 1 } pare_mode;

typedef enum pare_pooling {
    PARE_MAXIMUM = 0,
    PARE_MEAN_WITH_PADDING = 1,
    PARE_MEAN_WITHOUT_PADDING = 2,
} pare_pooling;

typedef enum pare_elementwise {
    PARE_RELU = 0,       /* x, or alpha · x below 0 */
    PARE_LINEAR = 1,     /* alpha · x + beta */
    PARE_CLIP = 2,       /* into alpha…beta */
    PARE_POWER = 3,      /* alpha · x^beta */
    PARE_ELU = 4,        /* x, or alpha · (eˣ − 1) below 0 */
    PARE_LOGISTIC = 5,
    PARE_SWISH = 6,      /* x · logistic(alpha · x) */
    PARE_HARD_SWISH = 7, /* x · max(0, min(1, x / 6 + 1 / 2)) */
    PARE_TANH = 8,
    PARE_GELU_ERF = 9,
    PARE_GELU_TANH = 10,
    PARE_EXPONENTIAL = 11,
    PARE_SQUARE_ROOT = 12,
    PARE_ABSOLUTE = 13,
    PARE_MISH = 14,
} pare_elementwise;

typedef enum pare_binary {
    PARE_ADD = 0,
    PARE_MULTIPLY = 1,
    PARE_SUBTRACT = 2,
    PARE_DIVIDE = 3,
    PARE_LARGER = 4,
    PARE_SMALLER = 5,
} pare_binary;

typedef enum pare_post_kind {
    PARE_POST_ELEMENTWISE = 0,
    PARE_POST_SUM = 1, /* x + alpha · what the destination held */
} pare_post_kind;

/* A step applied to the result before it is written. */
typedef struct pare_post_operation {
    pare_post_kind kind;
    pare_elementwise function;
    float alpha;
    float beta;
} pare_post_operation;

/* Steps in the order in which they are applied; NULL where one is asked for means none. */
typedef struct pare_post_operations {
    int count;
    pare_post_operation steps[PARE_MAXIMUM_POST_OPERATIONS];
} pare_post_operations;

/* A window over [H, W]: pairs are [vertical, horizontal], a dilation of 1 has no gaps. */
typedef struct pare_window {
    int64_t kernel[2];
    int64_t strides[2];
    int64_t dilations[2];
    int64_t padding_before[2];
    int64_t padding_after[2];
} pare_window;

/* --- Library ------------------------------------------------------------------------------------------------------------ */

void pare_onednn_version(int *major, int *minor, int *patch);
/* The instruction set that oneDNN dispatches to: "AVX-512", "AVX2". */
const char *pare_onednn_instruction_set(void);
/* Whether convolutions (and products where `products` is not 0) of bytes sum without saturating: by an instruction that adds four products of
 * bytes in 32 bits. Others add pairs in 16 bits, at most 32,767. */
int pare_onednn_sums_bytes(int products);
/* oneDNN's name of a status: "invalid_arguments". */
const char *pare_status_name(int status);

/* Threads of the OpenMP team for work that the calling thread starts. Primitives are planned for the number that holds when they are created. */
void pare_set_thread_count(int count);
int pare_thread_count(void);
int pare_processor_count(void);
/* Processor time of the calling thread in seconds, and how often it was made to give way to others. */
void pare_thread_usage(double *seconds, int64_t *switches);
/* Runs body on ranges of at most `grain` of 0 ..< count until all are done, on `threads` threads of the calling thread's team; whoever is
 * free takes the next range. thread is 0 ..< threads. For kernels that oneDNN does not have, so that they share its threads. A primitive
 * that body executes runs on that one thread. */
typedef void (*pare_range_body)(void *context, int thread, size_t first, size_t last);
void pare_parallel(int threads, size_t count, size_t grain, pare_range_body body, void *context);

/* Whether one of the first `threads` threads of that team did an operation without a result since the last call: one that made a NaN of
 * numbers, or compared a NaN. Cost: a wake-up of the team; the processor keeps the flag anyway. */
int pare_take_invalid(int threads);

/* --- Engine, layouts, memories ------------------------------------------------------------------------------------------ */

int pare_engine_create(pare_engine **engine);
void pare_engine_destroy(pare_engine *engine);
/* Waits until all that was executed is done. */
int pare_engine_wait(pare_engine *engine);

/* The layout is for the primitive to choose. */
int pare_layout_create_any(pare_layout **layout, int rank, const int64_t *dimensions);
/* The same of whole numbers of 8 bits, with a sign or without. */
int pare_layout_create_bytes(pare_layout **layout, int rank, const int64_t *dimensions, int is_signed);
/* Elements lie strides (in elements) apart. */
int pare_layout_create_strided(pare_layout **layout, int rank, const int64_t *dimensions, const int64_t *strides);
/* Elements of another type than float32, strides (in elements) apart. */
int pare_layout_create_typed(pare_layout **layout, pare_type type, int rank, const int64_t *dimensions, const int64_t *strides);
/* Images [N, C, H, W] with their channels in blocks of 8 or 16 lanes, the last one filled up with zeros: [N][C / lanes][H][W][lanes]. */
int pare_layout_create_blocked(pare_layout **layout, const int64_t dimensions[4], int lanes);
/* Images [N, C, H, W] side by side in blocks of 8 or 16, the last one filled up with zeros: [N / lanes][C][H][W][lanes]. */
int pare_layout_create_lanes(pare_layout **layout, const int64_t dimensions[4], int lanes);
void pare_layout_destroy(pare_layout *layout);
int pare_layout_equal(const pare_layout *first, const pare_layout *second);
int pare_layout_rank(const pare_layout *layout);
/* Bytes with the padding of blocked layouts. */
size_t pare_layout_byte_count(const pare_layout *layout);

/* The data may be NULL until pare_memory_set_data. */
int pare_memory_create(pare_memory **memory, pare_engine *engine, const pare_layout *layout, void *data);
int pare_memory_set_data(pare_memory *memory, void *data);
void pare_memory_destroy(pare_memory *memory);

/* --- Primitives --------------------------------------------------------------------------------------------------------- */

void pare_primitive_destroy(pare_primitive *primitive);
/* Remembers the memory that an argument is read from or written to. */
int pare_primitive_set_argument(pare_primitive *primitive, int argument, pare_memory *memory);
int pare_primitive_execute(pare_primitive *primitive, pare_engine *engine);
/* The layout that the primitive wants or makes for an argument; *layout is NULL where it has no such argument. */
int pare_primitive_layout(pare_layout **layout, const pare_primitive *primitive, int argument);
/* oneDNN's name of the implementation: "jit:avx512_core". Valid as long as the primitive. */
const char *pare_primitive_implementation(const pare_primitive *primitive);

/* --- Forward ------------------------------------------------------------------------------------------------------------ */

/* Source [N, C, H, W], weights [M, C, kH, kW], or [G, M/G, C/G, kH, kW] with groups, bias [M] or NULL, destination [N, M, H', W']. */
int pare_convolution_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, const pare_layout *source, const pare_layout *weights,
    const pare_layout *bias, const pare_layout *destination, const pare_window *window, const pare_post_operations *post);

/* The transposed one: source [N, C, H, W], weights [M, C, kH, kW], or [G, M/G, C/G, kH, kW] with groups, bias [M] or NULL, destination
 * [N, M, H', W']. Paddings are what the result lacks at its borders; those behind it may be negative. */
int pare_deconvolution_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights, const pare_layout *bias,
    const pare_layout *destination, const pare_window *window);

/* Source [N, …], weights [M, …], bias [M] or NULL, destination [N, M]. */
int pare_inner_product_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, const pare_layout *source, const pare_layout *weights,
    const pare_layout *bias, const pare_layout *destination, const pare_post_operations *post);

/* Source [.., N, K], weights [.., K, M], destination [.., N, M], all of one rank; a leading extent of 1 is repeated. */
int pare_matrix_product_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights,
    const pare_layout *destination, const pare_post_operations *post);

/* Source [N, C, H, W], destination [N, C, H', W']. */
int pare_pooling_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, pare_pooling kind, const pare_layout *source,
    const pare_layout *destination, const pare_window *window);

/* exp(x − max) / Σ exp(x − max) along the axis, or its logarithm; source and destination may be one memory. */
int pare_softmax_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, const pare_layout *source, int axis, int is_logarithm);

/* scale · (x − mean) / sqrt(variance + epsilon) + shift along the last axis, with scale and shift of its extent; the statistics are computed. */
int pare_layer_normalization_create(pare_primitive **primitive, pare_engine *engine, const pare_layout *source, float epsilon);

/* scale · (x − mean) / sqrt(variance + epsilon) + shift with given statistics, [C] each; source and destination may be one memory. */
int pare_batch_normalization_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, float epsilon, int with_relu);

/* Source and destination may be one memory. */
int pare_elementwise_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, pare_elementwise kind, const pare_layout *source,
    float alpha, float beta);

/* Sources 0 and 1 have one rank; an extent of 1 in source 1 is repeated. */
int pare_binary_create(
    pare_primitive **primitive, pare_engine *engine, pare_binary kind, const pare_layout *first, const pare_layout *second,
    const pare_layout *destination, const pare_post_operations *post);

int pare_concatenation_create(
    pare_primitive **primitive, pare_engine *engine, int count, const pare_layout *const *sources, int axis,
    const pare_layout *destination);

/* Copies from one layout to another. */
int pare_reorder_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *destination);

/* --- Backward ----------------------------------------------------------------------------------------------------------- */

/* The loss's gradient by the source [N, C, H, W] of a convolution in training, from that by its destination [N, M, H', W'] and the weights
 * [M, C, kH, kW], or [G, M/G, C/G, kH, kW] with groups; `forward` was made of the same extents. Writes over what was there. */
int pare_convolution_source_gradient_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights, const pare_layout *destination,
    const pare_window *window, const pare_primitive *forward);
/* That by the weights, from the source and the gradient by the destination; summed over the images. Writes over what was there. */
int pare_convolution_weight_gradient_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights, const pare_layout *destination,
    const pare_window *window, const pare_primitive *forward);

/* --- Products of plain matrices ----------------------------------------------------------------------------------------- */

/* result = op(first) · op(second) + beta · result with result [rows, columns] and a sum over depth, row-major, rows `…_stride` elements
 * apart; op transposes where asked for. Inside pare_parallel it runs on the thread that calls it. */
int pare_product(
    int transposes_first, int transposes_second, int64_t rows, int64_t columns, int64_t depth, const float *first,
    int64_t first_stride, const float *second, int64_t second_stride, float beta, float *result, int64_t result_stride);

#endif
