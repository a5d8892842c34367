// What the C library declares only with _GNU_SOURCE, which Swift's view of it does not have.
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int clinux_keep_space(int descriptor, int64_t offset, int64_t count) {
  int code;
  do {
    code = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count);
  } while (code != 0 && errno == EINTR);
  return code == 0 ? 0 : errno;
}

int clinux_identity(const char *path, uint64_t *number, int64_t *seconds, uint32_t *nanoseconds) {
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &status) != 0) return errno;
  *number = status.stx_ino;
  *seconds = status.stx_mask & STATX_BTIME ? status.stx_btime.tv_sec : 0;
  *nanoseconds = status.stx_mask & STATX_BTIME ? status.stx_btime.tv_nsec : 0;
  return 0;
}

void clinux_begin_writing(int descriptor) {
  // Where it cannot be begun, the sync does all of it.
  (void)sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void clinux_use_one_heap(void) { (void)mallopt(M_ARENA_MAX, 1); }

void clinux_expect_heap(size_t bytes) {
  const uintptr_t page = 2u << 20;
  bytes = (bytes + page - 1) & ~(page - 1);
  if (!mallopt(M_TOP_PAD, (int)(bytes < (1u << 30) ? bytes : (1u << 30)))) return;
  // Pieces too small to get a mapping of their own, until the heap has to grow.
  void *pieces[64];
  int count = 0;
  for (void *before = sbrk(0); count < 64 && sbrk(0) == before;) pieces[count++] = malloc(100 << 10);
  while (count > 0) free(pieces[--count]);
  uintptr_t end = (uintptr_t)sbrk(0);
  uintptr_t start = (end - bytes + page - 1) & ~(page - 1);
  // Of large pages the last is touched whole: too much where there are few of them.
  if (bytes < 8 * page) return;
  if (bytes < end && start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
}
