#include "CCrypto.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>

ccrypto_sha256 *ccrypto_sha256_start(void) {
    /* The machine's configuration file is of no use to a hash; threads may still hash while the process ends. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(hash);
        return NULL;
    }
    return hash;
}

int ccrypto_sha256_update(ccrypto_sha256 *hash, const void *bytes, size_t count) {
    return EVP_DigestUpdate(hash, bytes, count);
}

int ccrypto_sha256_finish(ccrypto_sha256 *hash, uint8_t digest[CCRYPTO_SHA256_SIZE]) {
    return EVP_DigestFinal_ex(hash, digest, NULL);
}

void ccrypto_sha256_end(ccrypto_sha256 *hash) {
    EVP_MD_CTX_free(hash);
}
