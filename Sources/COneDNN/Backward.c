#include "Internal.h"

_Static_assert(
    PARE_SOURCE_GRADIENT == DNNL_ARG_DIFF_SRC && PARE_DESTINATION_GRADIENT == DNNL_ARG_DIFF_DST
        && PARE_WEIGHT_GRADIENT == DNNL_ARG_DIFF_WEIGHTS, "oneDNN numbers gradients otherwise");

int pare_product(
    int transposes_first, int transposes_second, int64_t rows, int64_t columns, int64_t depth, const float *first,
    int64_t first_stride, const float *second, int64_t second_stride, float beta, float *result, int64_t result_stride) {
    return dnnl_sgemm(
        transposes_first ? 'T' : 'N', transposes_second ? 'T' : 'N', rows, columns, depth, 1, first, first_stride, second,
        second_stride, beta, result, result_stride);
}

int pare_convolution_source_gradient_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights, const pare_layout *destination,
    const pare_window *window, const pare_primitive *forward) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
    const int64_t gaps[2] = { window->dilations[0] - 1, window->dilations[1] - 1 };
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_convolution_backward_data_primitive_desc_create(
        &description, engine->engine, dnnl_convolution_direct, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights),
        PARE_DESCRIPTION(destination), window->strides, gaps, window->padding_before, window->padding_after, forward->description,
        attributes);
#else
    dnnl_convolution_desc_t operation;
    status = dnnl_dilated_convolution_backward_data_desc_init(
        &operation, dnnl_convolution_direct, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights), PARE_DESCRIPTION(destination),
        window->strides, gaps, window->padding_before, window->padding_after);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, forward->description);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}

int pare_convolution_weight_gradient_create(
    pare_primitive **primitive, pare_engine *engine, const pare_layout *source, const pare_layout *weights, const pare_layout *destination,
    const pare_window *window, const pare_primitive *forward) {
    dnnl_primitive_attr_t attributes;
    int status = pare_attributes_create(&attributes, NULL);
    if (status) return status;
    dnnl_primitive_desc_t description = NULL;
    const int64_t gaps[2] = { window->dilations[0] - 1, window->dilations[1] - 1 };
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_convolution_backward_weights_primitive_desc_create(
        &description, engine->engine, dnnl_convolution_direct, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights), NULL,
        PARE_DESCRIPTION(destination), window->strides, gaps, window->padding_before, window->padding_after, forward->description,
        attributes);
#else
    dnnl_convolution_desc_t operation;
    status = dnnl_dilated_convolution_backward_weights_desc_init(
        &operation, dnnl_convolution_direct, PARE_DESCRIPTION(source), PARE_DESCRIPTION(weights), NULL, PARE_DESCRIPTION(destination),
        window->strides, gaps, window->padding_before, window->padding_after);
    if (!status) status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->engine, forward->description);
#endif
    return pare_primitive_make(primitive, engine, status, description, attributes);
}
