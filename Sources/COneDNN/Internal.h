#ifndef PARE_ONEDNN_INTERNAL_H
#define PARE_ONEDNN_INTERNAL_H

#include "COneDNN.h"

#include <dnnl.h>
#include <stdlib.h>

struct pare_engine {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
};

/* 2.x has the descriptor as a value, 3.x as a handle. */
struct pare_layout {
    dnnl_memory_desc_t value;
};

struct pare_memory {
    dnnl_memory_t value;
};

struct pare_primitive {
    dnnl_primitive_desc_t description;
    dnnl_primitive_t value;
    int count;
    int capacity;
    dnnl_exec_arg_t *arguments;
    dnnl_memory_t scratch;
};

/* How a layout is handed to oneDNN. */
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t pare_description;
#define PARE_DESCRIPTION(layout) ((layout) ? (layout)->value : NULL)
#else
typedef const dnnl_memory_desc_t *pare_description;
#define PARE_DESCRIPTION(layout) ((layout) ? &(layout)->value : NULL)
#endif

/* oneDNN's name of a function, with its numbers: it knows some only by others. */
dnnl_alg_kind_t pare_elementwise_algorithm(pare_elementwise kind, float *alpha, float *beta);

/* A layout with its own copy of a description. */
int pare_layout_copy(pare_layout **layout, pare_description description);

/* The number of axes; 0 where there is no tensor. */
int pare_description_rank(pare_description description);

/* Makes the primitive of a description and takes the description over, also on failure. */
int pare_primitive_finish(pare_primitive **primitive, pare_engine *engine, dnnl_primitive_desc_t description);

/* The same once it was described, unless `status` says that it was not; destroys the attributes, which may be NULL. */
int pare_primitive_make(
    pare_primitive **primitive, pare_engine *engine, int status, dnnl_primitive_desc_t description, dnnl_primitive_attr_t attributes);

/* Attributes with the given post-operations and with scratch memory that the primitive brings. */
int pare_attributes_create(dnnl_primitive_attr_t *attributes, const pare_post_operations *post);

#endif
