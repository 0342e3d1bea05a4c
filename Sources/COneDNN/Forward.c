#include "Internal.h"

/* Each operation has two halves: 2.x fills a description of the operation and makes the primitive's description of it, 3.x makes
 * the latter in one call. */

static dnnl_prop_kind_t propagation(pare_mode mode) {
    return mode == PARE_TRAINING ? dnnl_forward_training : dnnl_forward_inference;
}

int pare_convolution_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, const pare_layout *source, const pare_layout *weights,
    const pare_layout *bias, const pare_layout *destination, const pare_window *window, const pare_post_operations *post) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, post);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
    /* oneDNN counts the gaps. */
    const int64_t gaps[2] = { window->dilations[0] - 1, window->dilations[1] - 1 };
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_convolution_forward_primitive_desc_create(
        &description, engine->engine, propagation(mode), dnnl_convolution_direct, PARE_DESCRIPTION(source),
        PARE_DESCRIPTION(weights), PARE_DESCRIPTION(bias), PARE_DESCRIPTION(destination), window->strides, gaps,
        window->padding_before, window->padding_after, attributes);
#else
    dnnl_convolution_desc_t operation;
    status = dnnl_dilated_convolution_forward_desc_init(
        &operation, propagation(mode), dnnl_convolution_direct, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights),
        PARE_DESCRIPTION(bias), PARE_DESCRIPTION(destination), window->strides, gaps, window->padding_before,
        window->padding_after);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_deconvolution_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights, const pare_layout *bias,
    const pare_layout *destination, const pare_window *window) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
    const int64_t gaps[2] = { window->dilations[0] - 1, window->dilations[1] - 1 };
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_deconvolution_forward_primitive_desc_create(
        &description, engine->engine, dnnl_forward_inference, dnnl_deconvolution_direct, PARE_DESCRIPTION(source),
        PARE_DESCRIPTION(weights), PARE_DESCRIPTION(bias), PARE_DESCRIPTION(destination), window->strides, gaps,
        window->padding_before, window->padding_after, attributes);
#else
    dnnl_deconvolution_desc_t operation;
    status = dnnl_dilated_deconvolution_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_deconvolution_direct, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights),
        PARE_DESCRIPTION(bias), PARE_DESCRIPTION(destination), window->strides, gaps, window->padding_before,
        window->padding_after);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_inner_product_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, const pare_layout *source, const pare_layout *weights,
    const pare_layout *bias, const pare_layout *destination, const pare_post_operations *post) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, post);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_inner_product_forward_primitive_desc_create(
        &description, engine->engine, propagation(mode), PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights),
        PARE_DESCRIPTION(bias), PARE_DESCRIPTION(destination), attributes);
#else
    dnnl_inner_product_desc_t operation;
    status = dnnl_inner_product_forward_desc_init(
        &operation, propagation(mode), PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights), PARE_DESCRIPTION(bias),
        PARE_DESCRIPTION(destination));
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_matrix_product_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights,
    const pare_layout *destination, const pare_post_operations *post) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, post);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_matmul_primitive_desc_create(
        &description, engine->engine, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights), NULL,
        PARE_DESCRIPTION(destination), attributes);
#else
    dnnl_matmul_desc_t operation;
    status = dnnl_matmul_desc_init(
        &operation, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights), NULL, PARE_DESCRIPTION(destination));
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

static dnnl_alg_kind_t pooling_algorithm(pare_pooling kind) {
    switch (kind) {
    case PARE_MAXIMUM: return dnnl_pooling_max;
    case PARE_MEAN_WITH_PADDING: return dnnl_pooling_avg_include_padding;
    case PARE_MEAN_WITHOUT_PADDING: return dnnl_pooling_avg_exclude_padding;
    }
    return dnnl_alg_kind_undef;
}

int pare_pooling_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, pare_pooling kind, const pare_layout *source,
    const pare_layout *destination, const pare_window *window) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
    const int64_t gaps[2] = { window->dilations[0] - 1, window->dilations[1] - 1 };
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_pooling_forward_primitive_desc_create(
        &description, engine->engine, propagation(mode), pooling_algorithm(kind), PARE_DESCRIPTION(source),
        PARE_DESCRIPTION(destination), window->strides, window->kernel, gaps, window->padding_before,
        window->padding_after, attributes);
#else
    dnnl_pooling_v2_desc_t operation;
    status = dnnl_pooling_v2_forward_desc_init(
        &operation, propagation(mode), pooling_algorithm(kind), PARE_DESCRIPTION(source), PARE_DESCRIPTION(destination),
        window->strides, window->kernel, gaps, window->padding_before, window->padding_after);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_softmax_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, const pare_layout *source, int axis, int is_logarithm) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_softmax_forward_primitive_desc_create(
        &description, engine->engine, propagation(mode), is_logarithm ? dnnl_softmax_log : dnnl_softmax_accurate,
        PARE_DESCRIPTION(source), PARE_DESCRIPTION(source), axis, attributes);
#else
    dnnl_softmax_v2_desc_t operation;
    status = dnnl_softmax_v2_forward_desc_init(
        &operation, propagation(mode), is_logarithm ? dnnl_softmax_log : dnnl_softmax_accurate, PARE_DESCRIPTION(source),
        PARE_DESCRIPTION(source), axis);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_batch_normalization_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, float epsilon, int with_relu) {
    const unsigned flags = dnnl_use_global_stats | dnnl_use_scale | dnnl_use_shift | (with_relu ? dnnl_fuse_norm_relu : 0);
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_batch_normalization_forward_primitive_desc_create(
        &description, engine->engine, dnnl_forward_inference, PARE_DESCRIPTION(source), PARE_DESCRIPTION(source), epsilon,
        flags, attributes);
#else
    dnnl_batch_normalization_desc_t operation;
    status = dnnl_batch_normalization_forward_desc_init(
        &operation, dnnl_forward_inference, PARE_DESCRIPTION(source), epsilon, flags);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_layer_normalization_create(pare_primitive **primitive, pare_engine *engine, const pare_layout *source, float epsilon) {
    const unsigned flags = dnnl_use_scale | dnnl_use_shift;
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_layer_normalization_forward_primitive_desc_create(
        &description, engine->engine, dnnl_forward_inference, PARE_DESCRIPTION(source), PARE_DESCRIPTION(source), NULL, epsilon,
        flags, attributes);
#else
    dnnl_layer_normalization_desc_t operation;
    status = dnnl_layer_normalization_forward_desc_init(
        &operation, dnnl_forward_inference, PARE_DESCRIPTION(source), NULL, epsilon, flags);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_elementwise_create(
    pare_primitive **primitive, pare_engine *engine, pare_mode mode, pare_elementwise kind, const pare_layout *source,
    float alpha, float beta) {
    const dnnl_alg_kind_t algorithm = pare_elementwise_algorithm(kind, &alpha, &beta);
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_eltwise_forward_primitive_desc_create(
        &description, engine->engine, propagation(mode), algorithm, PARE_DESCRIPTION(source), PARE_DESCRIPTION(source),
        alpha, beta, attributes);
#else
    dnnl_eltwise_desc_t operation;
    status = dnnl_eltwise_forward_desc_init(
        &operation, propagation(mode), algorithm, PARE_DESCRIPTION(source), alpha, beta);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

static dnnl_alg_kind_t binary_algorithm(pare_binary kind) {
    switch (kind) {
    case PARE_ADD: return dnnl_binary_add;
    case PARE_MULTIPLY: return dnnl_binary_mul;
    case PARE_SUBTRACT: return dnnl_binary_sub;
    case PARE_DIVIDE: return dnnl_binary_div;
    case PARE_LARGER: return dnnl_binary_max;
    case PARE_SMALLER: return dnnl_binary_min;
    }
    return dnnl_alg_kind_undef;
}

int pare_binary_create(
    pare_primitive **primitive, pare_engine *engine, pare_binary kind, const pare_layout *first, const pare_layout *second,
    const pare_layout *destination, const pare_post_operations *post) {
    const dnnl_alg_kind_t algorithm = binary_algorithm(kind);
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, post);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_binary_primitive_desc_create(
        &description, engine->engine, algorithm, PARE_DESCRIPTION(first), PARE_DESCRIPTION(second),
        PARE_DESCRIPTION(destination), attributes);
#else
    dnnl_binary_desc_t operation;
    status = dnnl_binary_desc_init(
        &operation, algorithm, PARE_DESCRIPTION(first), PARE_DESCRIPTION(second), PARE_DESCRIPTION(destination));
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, NULL);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_concatenation_create(
    pare_primitive **primitive, pare_engine *engine, int count, const pare_layout *const *sources, int axis,
    const pare_layout *destination) {
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    const_dnnl_memory_desc_t *values = calloc((size_t)count, sizeof *values);
#else
    dnnl_memory_desc_t *values = calloc((size_t)count, sizeof *values);
#endif
    if (!values) return dnnl_out_of_memory;
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) {
        free(values);
        return status;
    }
    for (int i = 0; i < count; i++) values[i] = sources[i]->value;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_concat_primitive_desc_create(
        &description, engine->engine, PARE_DESCRIPTION(destination), count, axis, values, attributes);
#else
    status = dnnl_concat_primitive_desc_create(
        &description, PARE_DESCRIPTION(destination), count, axis, values, attributes, engine->engine);
#endif
    free(values);
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_reorder_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *destination) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
    status = dnnl_reorder_primitive_desc_create(
        &description, PARE_DESCRIPTION(source), engine->engine, PARE_DESCRIPTION(destination), engine->engine, attributes);
    return pare_primitive_make(primitive, engine, status, description, attributes);
}
