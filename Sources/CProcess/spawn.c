#define _GNU_SOURCE
#include "CProcess.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

int cprocess_spawn(
  pid_t *pid, char *const arguments[], char *const environment[], const char *folder,
  const int standard[3], const int *inherited, size_t inherited_count
) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  for (int i = 0; i < 3 && !error; i++)
    error = posix_spawn_file_actions_adddup2(&actions, standard[i], i);
  for (size_t i = 0; i < inherited_count && !error; i++)
    error = posix_spawn_file_actions_adddup2(&actions, inherited[i], 3 + (int)i);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3 + (int)inherited_count);
  if (!error) error = posix_spawn_file_actions_addchdir_np(&actions, folder);
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
    &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  if (!error)
    error = posix_spawnp(pid, arguments[0], &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int cprocess_descriptor(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cprocess_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
