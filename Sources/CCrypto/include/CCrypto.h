#ifndef CCRYPTO_H
#define CCRYPTO_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of a SHA-256. */
#define CCRYPTO_SHA256_SIZE 32

/* A SHA-256 under way: libcrypto's EVP_MD_CTX. */
typedef struct evp_md_ctx_st ccrypto_sha256;

/* Starts a SHA-256. NULL where memory is short or libcrypto has no SHA-256. */
ccrypto_sha256 *ccrypto_sha256_start(void);

/* Takes in `count` bytes. Returns 1, and 0 where libcrypto fails. */
int ccrypto_sha256_update(ccrypto_sha256 *hash, const void *bytes, size_t count);

/* Writes the SHA-256 of what was taken in; nothing may follow but the end. Returns 1, and 0 where libcrypto fails. */
int ccrypto_sha256_finish(ccrypto_sha256 *hash, uint8_t digest[CCRYPTO_SHA256_SIZE]);

/* Frees it, finished or not. */
void ccrypto_sha256_end(ccrypto_sha256 *hash);

#endif
