#ifndef CZLIB_H
#define CZLIB_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* Starts inflating gzip members. inflateInit2 is a macro, which Swift can't import. Returns Z_OK or zlib's error. */
int czlib_start_gunzip(z_stream *stream);

/* Starts inflating a stream without header (RFC 1951). Returns Z_OK or zlib's error. */
int czlib_start_inflate(z_stream *stream);

#endif
