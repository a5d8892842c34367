#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>

/// Keeps disk space for a file beyond its end without changing its length (fallocate with
/// FALLOC_FL_KEEP_SIZE). 0 on success, else the error number.
int clinux_keep_space(int descriptor, int64_t offset, int64_t count);

/// What tells a file or folder from every other on this machine, also from one that has its number
/// later: its number, and when it was created (0 where the file system does not know). 0 on success,
/// else the error number.
int clinux_identity(const char *path, uint64_t *number, int64_t *seconds, uint32_t *nanoseconds);

/// Opens as openat does, not inherited by programs that are started. A file that it creates is for this
/// user alone, or also for a group: where the folder it is in is, by its setgid bit and its group's right
/// to write. The descriptor, or -1 with errno.
int clinux_open(int directory, const char *path, int flags);

/// Makes a folder as mkdirat does, for whom clinux_open creates files. 0, or -1 with errno.
int clinux_make_folder(int directory, const char *path);

/// Begins to write what is cached of a file to the disk, and does not wait for it (sync_file_range with
/// SYNC_FILE_RANGE_WRITE). Promises nothing: a sync has to follow.
void clinux_begin_writing(int descriptor);

/// Lets all threads share one heap. A thread's own grows by single pages, each with a call of the system;
/// to be called before there is a second thread.
void clinux_use_one_heap(void);

/// Prepares for a heap that will grow by so many bytes: it grows in one go, and in large pages where the
/// system allows. Nothing is taken until it is used.
void clinux_expect_heap(size_t bytes);

#endif
