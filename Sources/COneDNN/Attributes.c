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

static int append(dnnl_post_ops_t operations, const pare_post_operation *step) {
    switch (step->kind) {
    case PARE_POST_RELU: return append_elementwise(operations, dnnl_eltwise_relu, 0, 0);
    case PARE_POST_LINEAR: return append_elementwise(operations, dnnl_eltwise_linear, step->alpha, step->beta);
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
