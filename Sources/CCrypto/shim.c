#include "CCrypto.h"
// The one-shot function needs no provider to be loaded, which would cost a millisecond at first use.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

void ccrypto_sha256(const void *bytes, size_t count, uint8_t *digest) {
  SHA256(bytes, count, digest);
}
