#include "Internal.h"

#include <string.h>

int pare_engine_create(pare_engine **engine) {
    pare_engine *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    int status = dnnl_engine_create(&made->engine, dnnl_cpu, 0);
    if (!status) status = dnnl_stream_create(&made->stream, made->engine, dnnl_stream_in_order);
    if (status) {
        pare_engine_destroy(made);
        return status;
    }
    *engine = made;
    return dnnl_success;
}

void pare_engine_destroy(pare_engine *engine) {
    if (!engine) return;
    if (engine->stream) dnnl_stream_destroy(engine->stream);
    if (engine->engine) dnnl_engine_destroy(engine->engine);
    free(engine);
}

int pare_engine_wait(pare_engine *engine) { return dnnl_stream_wait(engine->stream); }

/* The differences between the versions. */

static int init_tag(
    dnnl_memory_desc_t *value, int rank, const int64_t *dimensions, dnnl_data_type_t type, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_tag(value, rank, dimensions, type, tag);
#else
    return dnnl_memory_desc_init_by_tag(value, rank, dimensions, type, tag);
#endif
}

static int init_strided(
    dnnl_memory_desc_t *value, int rank, const int64_t *dimensions, dnnl_data_type_t type, const int64_t *strides) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_strides(value, rank, dimensions, type, strides);
#else
    return dnnl_memory_desc_init_by_strides(value, rank, dimensions, type, strides);
#endif
}

static int init_copy(dnnl_memory_desc_t *value, pare_description description) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_clone(value, description);
#else
    *value = *description;
    return dnnl_success;
#endif
}

static int create_tagged(
    pare_layout **layout, int rank, const int64_t *dimensions, dnnl_data_type_t type, dnnl_format_tag_t tag) {
    pare_layout *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    int status = init_tag(&made->value, rank, dimensions, type, tag);
    if (status) free(made);
    else *layout = made;
    return status;
}

int pare_layout_create_any(pare_layout **layout, int rank, const int64_t *dimensions) {
    return create_tagged(layout, rank, dimensions, dnnl_f32, dnnl_format_tag_any);
}

int pare_layout_create_bytes(pare_layout **layout, int rank, const int64_t *dimensions, int is_signed) {
    return create_tagged(layout, rank, dimensions, is_signed ? dnnl_s8 : dnnl_u8, dnnl_format_tag_any);
}

int pare_layout_create_blocked(pare_layout **layout, const int64_t dimensions[4], int lanes) {
    if (lanes != 8 && lanes != 16) return dnnl_invalid_arguments;
    return create_tagged(layout, 4, dimensions, dnnl_f32, lanes == 8 ? dnnl_aBcd8b : dnnl_aBcd16b);
}

int pare_layout_create_lanes(pare_layout **layout, const int64_t dimensions[4], int lanes) {
    if (lanes != 8 && lanes != 16) return dnnl_invalid_arguments;
    return create_tagged(layout, 4, dimensions, dnnl_f32, lanes == 8 ? dnnl_Abcd8a : dnnl_Abcd16a);
}

static dnnl_data_type_t data_type(pare_type type) {
    switch (type) {
    case PARE_TYPE_FLOAT32: return dnnl_f32;
    case PARE_TYPE_SIGNED_BYTES: return dnnl_s8;
    case PARE_TYPE_BYTES: return dnnl_u8;
    case PARE_TYPE_WHOLE32: return dnnl_s32;
    }
    return dnnl_data_type_undef;
}

int pare_layout_create_typed(
    pare_layout **layout, pare_type type, int rank, const int64_t *dimensions, const int64_t *strides) {
    pare_layout *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    int status = init_strided(&made->value, rank, dimensions, data_type(type), strides);
    if (status) free(made);
    else *layout = made;
    return status;
}

int pare_layout_create_strided(pare_layout **layout, int rank, const int64_t *dimensions, const int64_t *strides) {
    return pare_layout_create_typed(layout, PARE_TYPE_FLOAT32, rank, dimensions, strides);
}

int pare_layout_copy(pare_layout **layout, pare_description description) {
    pare_layout *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    int status = init_copy(&made->value, description);
    if (status) free(made);
    else *layout = made;
    return status;
}

void pare_layout_destroy(pare_layout *layout) {
    if (!layout) return;
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_destroy(layout->value);
#endif
    free(layout);
}

int pare_layout_equal(const pare_layout *first, const pare_layout *second) {
    return dnnl_memory_desc_equal(PARE_DESCRIPTION(first), PARE_DESCRIPTION(second));
}

int pare_description_rank(pare_description description) {
    if (!description) return 0;
#if DNNL_VERSION_MAJOR >= 3
    int rank = 0;
    return dnnl_memory_desc_query(description, dnnl_query_ndims_s32, &rank) ? 0 : rank;
#else
    return description->ndims;
#endif
}

int pare_layout_rank(const pare_layout *layout) { return pare_description_rank(PARE_DESCRIPTION(layout)); }

size_t pare_layout_byte_count(const pare_layout *layout) { return dnnl_memory_desc_get_size(PARE_DESCRIPTION(layout)); }

int pare_memory_create(pare_memory **memory, pare_engine *engine, const pare_layout *layout, void *data) {
    pare_memory *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    int status = dnnl_memory_create(&made->value, PARE_DESCRIPTION(layout), engine->engine, data ? data : DNNL_MEMORY_NONE);
    if (status) free(made);
    else *memory = made;
    return status;
}

int pare_memory_set_data(pare_memory *memory, void *data) { return dnnl_memory_set_data_handle(memory->value, data); }

void pare_memory_destroy(pare_memory *memory) {
    if (!memory) return;
    dnnl_memory_destroy(memory->value);
    free(memory);
}
