#include "Internal.h"

static int append_elementwise(dnnl_post_ops_t operations, dnnl_alg_kind_t kind, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_post_ops_append_eltwise(operations, kind, alpha, beta);
#else
    return dnnl_post_ops_append_eltwise(operations, 1, kind, alpha, beta);
#endif
}

static int append_sum(dnnl_post_ops_t operations, float scale) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_post_ops_append_sum(operations, scale, 0, dnnl_data_type_undef);
#else
    return dnnl_post_ops_append_sum(operations, scale);
#endif
}

dnnl_alg_kind_t pare_elementwise_algorithm(pare_elementwise kind, float *alpha, float *beta) {
    switch (kind) {
    case PARE_RELU: return dnnl_eltwise_relu;
    case PARE_LINEAR: return dnnl_eltwise_linear;
    case PARE_CLIP: return dnnl_eltwise_clip;
    case PARE_POWER: return dnnl_eltwise_pow;
    case PARE_ELU: return dnnl_eltwise_elu;
    case PARE_LOGISTIC: return dnnl_eltwise_logistic;
    case PARE_SWISH: return dnnl_eltwise_swish;
    case PARE_HARD_SWISH:
#if DNNL_VERSION_MAJOR >= 3
        *alpha = 1.0f / 6;
        *beta = 0.5f;
#endif
        return dnnl_eltwise_hardswish;
    case PARE_TANH: return dnnl_eltwise_tanh;
    case PARE_GELU_ERF: return dnnl_eltwise_gelu_erf;
    case PARE_GELU_TANH: return dnnl_eltwise_gelu_tanh;
    case PARE_EXPONENTIAL: return dnnl_eltwise_exp;
    case PARE_SQUARE_ROOT: return dnnl_eltwise_sqrt;
    case PARE_ABSOLUTE: return dnnl_eltwise_abs;
    case PARE_MISH: return dnnl_eltwise_mish;
    }
    (void)alpha;
    (void)beta;
    return dnnl_alg_kind_undef;
}

static int append(dnnl_post_ops_t operations, const pare_post_operation *step) {
    float alpha = step->alpha, beta = step->beta;
    switch (step->kind) {
    case PARE_POST_ELEMENTWISE: {
        const dnnl_alg_kind_t kind = pare_elementwise_algorithm(step->function, &alpha, &beta);
        return append_elementwise(operations, kind, alpha, beta);
    }
    case PARE_POST_SUM: return append_sum(operations, step->alpha);
    }
    return dnnl_invalid_arguments;
}

static int set_post_operations(dnnl_primitive_attr_t attributes, const pare_post_operations *post) {
    if (!post || post->count == 0) return dnnl_success;
    dnnl_post_ops_t operations = NULL;
    int status = dnnl_post_ops_create(&operations);
    for (int i = 0; !status && i < post->count; i++) status = append(operations, &post->steps[i]);
    if (!status) status = dnnl_primitive_attr_set_post_ops(attributes, operations);
    if (operations) dnnl_post_ops_destroy(operations);
    return status;
}

/* oneDNN's own scratch memory belongs to the thread that makes a primitive; ours to the primitive. */
int pare_attributes_create(dnnl_primitive_attr_t *attributes, const pare_post_operations *post) {
    *attributes = NULL;
    int status = dnnl_primitive_attr_create(attributes);
    if (!status) status = dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
    if (!status) status = set_post_operations(*attributes, post);
    if (status && *attributes) {
        dnnl_primitive_attr_destroy(*attributes);
        *attributes = NULL;
    }
    return status;
}
