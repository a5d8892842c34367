// What the C library declares only with _GNU_SOURCE, which Swift's view of it does not have.
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
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

// The group that the folder of a path is shared with; no group has the number of the answer else.
static gid_t group_sharing_folder_of(int directory, const char *path) {
  char folder[PATH_MAX] = ".";
  const char *slash = strrchr(path, '/');
  size_t length = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
  if (length >= sizeof folder) return (gid_t)-1;
  if (length > 0) {
    memcpy(folder, path, length);
    folder[length] = 0;
  }
  struct stat status;
  if (fstatat(directory, folder, &status, 0) != 0) return (gid_t)-1;
  return (status.st_mode & S_ISGID) && (status.st_mode & S_IWGRP) ? status.st_gid : (gid_t)-1;
}

int clinux_open(int directory, const char *path, int flags) {
  int descriptor = openat(directory, path, flags | O_CLOEXEC, 0600);
  if (descriptor < 0 || !(flags & O_CREAT)) return descriptor;
  struct stat status;
  // One that others created has their permissions.
  if (fstat(descriptor, &status) == 0 && status.st_uid == geteuid() &&
      (status.st_mode & 07777) == 0600 && status.st_gid == group_sharing_folder_of(directory, path))
    (void)fchmod(descriptor, 0660);
  return descriptor;
}

int clinux_make_folder(int directory, const char *path) {
  if (mkdirat(directory, path, 0700) != 0) return -1;
  gid_t group = group_sharing_folder_of(directory, path);
  struct stat status;
  if (group != (gid_t)-1 && fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      status.st_gid == group)
    (void)fchmodat(directory, path, 02770, 0);
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
