#include "Internal.h"

int pare_product(
    int transposes_first, int transposes_second, int64_t rows, int64_t columns, int64_t depth, const float *first,
    int64_t first_stride, const float *second, int64_t second_stride, float beta, float *result, int64_t result_stride) {
    return dnnl_sgemm(
        transposes_first ? 'T' : 'N', transposes_second ? 'T' : 'N', rows, columns, depth, 1, first, first_stride, second,
        second_stride, beta, result, result_stride);
}
