#include "CCrypto.h"

// The SHA256_* functions, deprecated in favour of EVP, need no provider to be loaded, which costs a
// millisecond at first use. Every run hashes; only a run with sensitive values needs EVP.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/random.h>

_Static_assert(
    sizeof(SHA256_CTX) <= sizeof(ccrypto_sha256_context), "the context has room for libcrypto's");

void ccrypto_sha256_start(ccrypto_sha256_context *context) { SHA256_Init((SHA256_CTX *)context); }

void ccrypto_sha256_update(ccrypto_sha256_context *context, const void *bytes, size_t count) {
  SHA256_Update((SHA256_CTX *)context, bytes, count);
}

void ccrypto_sha256_finish(ccrypto_sha256_context *context, uint8_t *digest) {
  SHA256_Final(digest, (SHA256_CTX *)context);
}

void ccrypto_sha256(const void *bytes, size_t count, uint8_t *digest) {
  ccrypto_sha256_context context;
  ccrypto_sha256_start(&context);
  ccrypto_sha256_update(&context, bytes, count);
  ccrypto_sha256_finish(&context, digest);
}

void ccrypto_hex(const void *bytes, size_t count, uint8_t *text) {
  static const char digits[] = "0123456789abcdef";
  const uint8_t *source = bytes;
  for (size_t i = 0; i < count; i++) {
    text[2 * i] = digits[source[i] >> 4];
    text[2 * i + 1] = digits[source[i] & 15];
  }
}

void ccrypto_sha256_hex(const void *bytes, size_t count, uint8_t *text) {
  uint8_t digest[32];
  ccrypto_sha256(bytes, count, digest);
  ccrypto_hex(digest, sizeof digest, text);
}

void ccrypto_hmac_sha256(
    const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *digest) {
  uint8_t block[64] = {0}, pad[64];
  if (key_count > sizeof block) {
    ccrypto_sha256(key, key_count, block);
  } else if (key_count > 0) {
    memcpy(block, key, key_count);
  }
  ccrypto_sha256_context context;
  for (size_t i = 0; i < sizeof pad; i++) pad[i] = block[i] ^ 0x36;
  ccrypto_sha256_start(&context);
  ccrypto_sha256_update(&context, pad, sizeof pad);
  ccrypto_sha256_update(&context, bytes, count);
  ccrypto_sha256_finish(&context, digest);
  for (size_t i = 0; i < sizeof pad; i++) pad[i] = block[i] ^ 0x5c;
  ccrypto_sha256_start(&context);
  ccrypto_sha256_update(&context, pad, sizeof pad);
  ccrypto_sha256_update(&context, digest, 32);
  ccrypto_sha256_finish(&context, digest);
  OPENSSL_cleanse(block, sizeof block);
  OPENSSL_cleanse(pad, sizeof pad);
}

int ccrypto_aes256gcm_seal(
    const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_count,
    const void *bytes, size_t count, uint8_t *output) {
  if (count > INT32_MAX || context_count > INT32_MAX) return 0;
  int length = 0, tail = 0;
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  int done = cipher != NULL
      && EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1
      && EVP_EncryptUpdate(cipher, NULL, &length, context, (int)context_count) == 1
      && EVP_EncryptUpdate(cipher, output, &length, bytes, (int)count) == 1
      && EVP_EncryptFinal_ex(cipher, output + length, &tail) == 1
      && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, 16, output + count) == 1;
  EVP_CIPHER_CTX_free(cipher);
  return done;
}

int ccrypto_aes256gcm_open(
    const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_count,
    const void *bytes, size_t count, uint8_t *output) {
  if (count < 16 || count > INT32_MAX || context_count > INT32_MAX) return 0;
  int length = 0, tail = 0;
  uint8_t tag[16];
  memcpy(tag, (const uint8_t *)bytes + count - 16, 16);
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  int done = cipher != NULL
      && EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1
      && EVP_DecryptUpdate(cipher, NULL, &length, context, (int)context_count) == 1
      && EVP_DecryptUpdate(cipher, output, &length, bytes, (int)(count - 16)) == 1
      && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, 16, tag) == 1
      && EVP_DecryptFinal_ex(cipher, output + length, &tail) == 1;
  EVP_CIPHER_CTX_free(cipher);
  if (!done && count > 16) OPENSSL_cleanse(output, count - 16);
  return done;
}

int ccrypto_random(void *bytes, size_t count) {
  uint8_t *next = bytes;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    next += got;
    count -= (size_t)got;
  }
  return 1;
}

int ccrypto_equal(const void *left, const void *right, size_t count) {
  return CRYPTO_memcmp(left, right, count) == 0;
}

void ccrypto_wipe(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }
