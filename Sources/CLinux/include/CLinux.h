#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>

/// Keeps disk space for a file beyond its end without changing its length (fallocate with
/// FALLOC_FL_KEEP_SIZE). 0 on success, else the error number.
int clinux_keep_space(int descriptor, int64_t offset, int64_t count);

/// Prepares for a heap that will grow by so many bytes: it grows in one go, and in large pages where the
/// system allows. Nothing is taken until it is used.
void clinux_expect_heap(size_t bytes);

#endif
