#include "CZlib.h"
#include <string.h>

int czlib_start_gunzip(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    /* 16 asks for a gzip header and for its checksum at the end. */
    return inflateInit2(stream, 16 + MAX_WBITS);
}

int czlib_start_inflate(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    /* Negative: no header and no checksum. */
    return inflateInit2(stream, -MAX_WBITS);
}
