// What the C library declares only with _GNU_SOURCE, which Swift's view of it does not have.
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>

int clinux_keep_space(int descriptor, int64_t offset, int64_t count) {
  int code;
  do {
    code = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count);
  } while (code != 0 && errno == EINTR);
  return code == 0 ? 0 : errno;
}
