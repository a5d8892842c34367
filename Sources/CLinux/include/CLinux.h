#ifndef CLINUX_H
#define CLINUX_H
#include <stdint.h>

/// Keeps disk space for a file beyond its end without changing its length (fallocate with
/// FALLOC_FL_KEEP_SIZE). 0 on success, else the error number.
int clinux_keep_space(int descriptor, int64_t offset, int64_t count);

#endif
