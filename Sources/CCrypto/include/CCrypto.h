#ifndef CCRYPTO_H
#define CCRYPTO_H
#include <stddef.h>
#include <stdint.h>

// Lengths are in bytes; nothing here allocates but the two AES functions, and nothing keeps a pointer.

/// A SHA-256 computation under way: large enough for libcrypto's own context.
typedef struct {
  uint64_t words[16];
} ccrypto_sha256_context;

/// SHA-256 (FIPS 180-4) of `count` bytes into `digest` (32 bytes).
void ccrypto_sha256(const void *bytes, size_t count, uint8_t *digest);

/// SHA-256 of `count` bytes as 64 lower-case hexadecimal digits, without a terminator.
void ccrypto_sha256_hex(const void *bytes, size_t count, uint8_t *text);

/// SHA-256 in pieces: start, any number of updates, finish (`digest` takes 32 bytes).
void ccrypto_sha256_start(ccrypto_sha256_context *context);
void ccrypto_sha256_update(ccrypto_sha256_context *context, const void *bytes, size_t count);
void ccrypto_sha256_finish(ccrypto_sha256_context *context, uint8_t *digest);

/// `2 * count` lower-case hexadecimal digits of `bytes` into `text`, without a terminator.
void ccrypto_hex(const void *bytes, size_t count, uint8_t *text);

/// HMAC-SHA-256 (RFC 2104) into `digest` (32 bytes).
void ccrypto_hmac_sha256(
    const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *digest);

/// AES-256-GCM (NIST SP 800-38D): `output` takes `count` bytes of ciphertext and 16 of tag.
/// `key` is 32 bytes, `nonce` 12 and never used twice with one key. 1 on success, else 0.
int ccrypto_aes256gcm_seal(
    const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_count,
    const void *bytes, size_t count, uint8_t *output);

/// The reverse: `count` counts the ciphertext with its tag, `output` takes `count - 16` bytes.
/// 0 where key, nonce, context or any byte differs; `output` must not be used then.
int ccrypto_aes256gcm_open(
    const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_count,
    const void *bytes, size_t count, uint8_t *output);

/// Fills `bytes` from the kernel's generator (getrandom). 1 on success, else 0.
int ccrypto_random(void *bytes, size_t count);

/// Whether both are equal, in a time that does not depend on where they differ.
int ccrypto_equal(const void *left, const void *right, size_t count);

/// Overwrites `bytes` with zeros in a way that the optimiser cannot leave out.
void ccrypto_wipe(void *bytes, size_t count);

#endif
