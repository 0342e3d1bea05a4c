#ifndef PARE_ELEMENTS_H
#define PARE_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

/* Elements as files store them: single numbers, little-endian, and the blocks of GGUF, which share scales. */
typedef enum pare_element {
    PARE_FLOAT32, PARE_FLOAT64, PARE_FLOAT16, PARE_BFLOAT16, PARE_FLOAT8_E4M3, PARE_FLOAT8_E5M2,
    PARE_FLOAT8_E4M3_FNUZ, PARE_FLOAT8_E5M2_FNUZ,
    PARE_INT8, PARE_UINT8, PARE_INT16, PARE_UINT16, PARE_INT32, PARE_UINT32, PARE_INT64, PARE_UINT64, PARE_BOOL,
    PARE_Q4_0, PARE_Q4_1, PARE_Q5_0, PARE_Q5_1, PARE_Q8_0, PARE_Q4_K, PARE_Q5_K, PARE_Q6_K
} pare_element;

/* Writes n elements as float32, rounded to nearest even where they have more digits. source needs no alignment; n is a multiple of the
   block. Infinities and NaN stay; E4M3 and the types called FNUZ have no infinity, and these no −0. */
void pare_widen(pare_element type, const void *source, size_t n, float *floats);

#endif
