#ifndef CPROCESS_H
#define CPROCESS_H
#include <stddef.h>
#include <sys/types.h>

/// Starts a program in a process group of its own, with default signals.
///
/// `standard` are the descriptors that become 0, 1 and 2; `inherited` (ascending, distinct, 3 or
/// higher) become 3, 4, …; nothing else is inherited. Returns 0 or an errno.
int cprocess_spawn(
  pid_t *pid, char *const arguments[], char *const environment[], const char *folder,
  const int standard[3], const int *inherited, size_t inherited_count);

/// A descriptor that becomes readable when the process ends; -1 where the kernel has none.
int cprocess_descriptor(pid_t pid);

/// A pipe whose ends no child inherits by accident. Returns 0 or -1 with errno set.
int cprocess_pipe(int ends[2]);

#endif
