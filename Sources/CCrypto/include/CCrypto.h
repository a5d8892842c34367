#ifndef CCRYPTO_H
#define CCRYPTO_H
#include <stddef.h>
#include <stdint.h>

/// SHA-256 (FIPS 180-4) of `count` bytes into `digest` (32 bytes).
void ccrypto_sha256(const void *bytes, size_t count, uint8_t *digest);

#endif
