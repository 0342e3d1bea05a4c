#include "Internal.h"

_Static_assert(PARE_SOURCE == DNNL_ARG_SRC && PARE_SOURCE_1 == DNNL_ARG_SRC_1, "oneDNN numbers its sources otherwise");
_Static_assert(PARE_DESTINATION == DNNL_ARG_DST && PARE_WEIGHTS == DNNL_ARG_WEIGHTS, "oneDNN numbers weights otherwise");
_Static_assert(PARE_BIAS == DNNL_ARG_BIAS && PARE_WORKSPACE == DNNL_ARG_WORKSPACE, "oneDNN numbers its bias otherwise");
_Static_assert(PARE_MEAN == DNNL_ARG_MEAN && PARE_VARIANCE == DNNL_ARG_VARIANCE, "oneDNN numbers statistics otherwise");
_Static_assert(PARE_SCALE == DNNL_ARG_SCALE && PARE_SHIFT == DNNL_ARG_SHIFT, "oneDNN numbers scale and shift otherwise");
_Static_assert(PARE_MULTIPLE_SOURCES == DNNL_ARG_MULTIPLE_SRC, "oneDNN numbers multiple sources otherwise");

void pare_primitive_destroy(pare_primitive *primitive) {
    if (!primitive) return;
    if (primitive->value) dnnl_primitive_destroy(primitive->value);
    if (primitive->description) dnnl_primitive_desc_destroy(primitive->description);
    if (primitive->scratch) dnnl_memory_destroy(primitive->scratch);
    free(primitive->arguments);
    free(primitive);
}

static int reserve_argument(pare_primitive *primitive) {
    if (primitive->count < primitive->capacity) return dnnl_success;
    int capacity = primitive->capacity ? 2 * primitive->capacity : 8;
    dnnl_exec_arg_t *arguments = realloc(primitive->arguments, (size_t)capacity * sizeof *arguments);
    if (!arguments) return dnnl_out_of_memory;
    primitive->arguments = arguments;
    primitive->capacity = capacity;
    return dnnl_success;
}

/* Gives a primitive the scratch memory that it asks for. */
static int add_scratch(pare_primitive *primitive, pare_engine *engine) {
    pare_description description =
        dnnl_primitive_desc_query_md(primitive->description, dnnl_query_scratchpad_md, 0);
    if (pare_description_rank(description) == 0 || dnnl_memory_desc_get_size(description) == 0) return dnnl_success;
    int status = dnnl_memory_create(&primitive->scratch, description, engine->engine, DNNL_MEMORY_ALLOCATE);
    if (!status) status = reserve_argument(primitive);
    if (!status) primitive->arguments[primitive->count++] = (dnnl_exec_arg_t) { DNNL_ARG_SCRATCHPAD, primitive->scratch };
    return status;
}

int pare_primitive_finish(pare_primitive **primitive, pare_engine *engine, dnnl_primitive_desc_t description) {
    pare_primitive *made = calloc(1, sizeof *made);
    if (!made) {
        dnnl_primitive_desc_destroy(description);
        return dnnl_out_of_memory;
    }
    made->description = description;
    int status = dnnl_primitive_create(&made->value, description);
    if (!status) status = add_scratch(made, engine);
    if (status) {
        pare_primitive_destroy(made);
        return status;
    }
    *primitive = made;
    return dnnl_success;
}

int pare_primitive_make(
    pare_primitive **primitive, pare_engine *engine, int status, dnnl_primitive_desc_t description, dnnl_primitive_attr_t attributes) {
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    return status ? status : pare_primitive_finish(primitive, engine, description);
}

int pare_primitive_set_argument(pare_primitive *primitive, int argument, pare_memory *memory) {
    for (int i = 0; i < primitive->count; i++) {
        if (primitive->arguments[i].arg != argument) continue;
        primitive->arguments[i].memory = memory->value;
        return dnnl_success;
    }
    int status = reserve_argument(primitive);
    if (status) return status;
    primitive->arguments[primitive->count++] = (dnnl_exec_arg_t) { argument, memory->value };
    return dnnl_success;
}

int pare_primitive_execute(pare_primitive *primitive, pare_engine *engine) {
    return dnnl_primitive_execute(primitive->value, engine->stream, primitive->count, primitive->arguments);
}

int pare_primitive_layout(pare_layout **layout, const pare_primitive *primitive, int argument) {
    pare_description description =
        dnnl_primitive_desc_query_md(primitive->description, dnnl_query_exec_arg_md, argument);
    *layout = NULL;
    if (pare_description_rank(description) == 0) return dnnl_success;
    return pare_layout_copy(layout, description);
}

const char *pare_primitive_implementation(const pare_primitive *primitive) {
    const char *name = NULL;
    int status = dnnl_primitive_desc_query(primitive->description, dnnl_query_impl_info_str, 0, (void *)&name);
    return status || !name ? "unknown" : name;
}
