// Runs a program and kills it, with SIGKILL, right before the N-th thing it does that can be seen from
// outside: a write, a sync, a new, renamed or deleted file, a started program.
//
//   stop_at [--at N] [--points FILE] [--durable FOLDER] PROGRAM [ARGUMENT…]
//   stop_at --durable FOLDER --seed TREE
//
// Without --at nothing is killed. --points notes each point, a line each. --durable keeps what has
// reached the disk for certain, as POSIX promises it and no more: the content of a file as it was at
// its last sync (FOLDER/content/ID), the entries of a folder as they were at its last sync
// (FOLDER/entries/ID). --seed takes all of a tree for durable and names its root in FOLDER/root. What the
// program starts is neither counted nor killed.
//
// Exit code: the program's own, 137 where it was killed, 125 where this program fails.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

static long stop_at_point;
static long points;
static FILE *notes;
static const char *durable;

static void fail(const char *what) {
  fprintf(stderr, "stop_at: %s: %s\n", what, strerror(errno));
  exit(125);
}

// What the tracer asks the kernel; its error is ESRCH where the thread is gone.
static int trace(int request, pid_t thread, void *address, void *data) {
  return (int)ptrace(request, thread, address, data);
}

struct call {
  const char *name;
  // Whether its first argument is a descriptor.
  int has_descriptor;
};

// What a system call does that others can see; a null name where it does nothing of that kind.
static struct call visible(const struct ptrace_syscall_info *info) {
  struct call none = {NULL, 0};
  const __u64 *args = info->entry.args;
  (void)args;
  switch (info->entry.nr) {
#ifdef SYS_open
  case SYS_open: return args[1] & O_CREAT ? (struct call){"open", 0} : none;
#endif
  case SYS_openat: return args[2] & O_CREAT ? (struct call){"openat", 0} : none;
#ifdef SYS_mkdir
  case SYS_mkdir: return (struct call){"mkdir", 0};
#endif
  case SYS_mkdirat: return (struct call){"mkdirat", 0};
#ifdef SYS_rename
  case SYS_rename: return (struct call){"rename", 0};
#endif
#ifdef SYS_renameat
  case SYS_renameat: return (struct call){"renameat", 0};
#endif
  case SYS_renameat2: return (struct call){"renameat2", 0};
#ifdef SYS_unlink
  case SYS_unlink: return (struct call){"unlink", 0};
#endif
  case SYS_unlinkat: return (struct call){"unlinkat", 0};
#ifdef SYS_rmdir
  case SYS_rmdir: return (struct call){"rmdir", 0};
#endif
#ifdef SYS_link
  case SYS_link: return (struct call){"link", 0};
#endif
  case SYS_linkat: return (struct call){"linkat", 0};
  case SYS_write: return (struct call){"write", 1};
  case SYS_pwrite64: return (struct call){"pwrite", 1};
  case SYS_writev: return (struct call){"writev", 1};
  case SYS_pwritev: return (struct call){"pwritev", 1};
  case SYS_ftruncate: return (struct call){"ftruncate", 1};
  case SYS_fallocate: return (struct call){"fallocate", 1};
  case SYS_fsync: return (struct call){"fsync", 1};
  case SYS_fdatasync: return (struct call){"fdatasync", 1};
  case SYS_sendto: return (struct call){"sendto", 1};
  case SYS_sendmsg: return (struct call){"sendmsg", 1};
#ifdef SYS_vfork
  case SYS_vfork: return (struct call){"vfork", 0};
#endif
  case SYS_clone: return args[0] & 0x00010000 ? none : (struct call){"clone", 0};
  case SYS_exit_group: return (struct call){"exit_group", 0};
  default: return none;
  }
}

static int is_sync(__u64 number) { return number == SYS_fsync || number == SYS_fdatasync; }

static void descriptor_path(char *path, size_t size, pid_t process, int descriptor) {
  snprintf(path, size, "/proc/%d/fd/%d", process, descriptor);
}

// The file that a call is about, "output" where it is what the program prints; empty where it has no descriptor.
static void find_target(
    char *target, size_t size, pid_t process, const struct ptrace_syscall_info *info, struct call call) {
  char link[64];
  target[0] = 0;
  if (!call.has_descriptor) return;
  if (info->entry.args[0] == 1 || info->entry.args[0] == 2) {
    snprintf(target, size, "output");
    return;
  }
  descriptor_path(link, sizeof link, process, (int)info->entry.args[0]);
  ssize_t length = readlink(link, target, size - 1);
  if (length >= 0) target[length] = 0;
}

// MARK: What has reached the disk

// Names a file for as long as it exists: a number that is used again is born at another moment.
static int identify(int descriptor, char *id, size_t size) {
  struct statx status;
  if (statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME | STATX_TYPE, &status) != 0)
    return -1;
  snprintf(id, size, "%llu-%llu.%u", (unsigned long long)status.stx_ino,
           (unsigned long long)status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
  return status.stx_mode & S_IFMT;
}

static void keep_content(int descriptor, const char *id) {
  char path[4096], buffer[65536];
  snprintf(path, sizeof path, "%s/content/%s", durable, id);
  int copy = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (copy < 0) fail(path);
  ssize_t count;
  while ((count = read(descriptor, buffer, sizeof buffer)) > 0)
    if (write(copy, buffer, (size_t)count) != count) fail(path);
  close(copy);
}

static void keep_entries(int descriptor, const char *id) {
  char path[4096];
  snprintf(path, sizeof path, "%s/entries/%s", durable, id);
  FILE *list = fopen(path, "w");
  DIR *folder = fdopendir(dup(descriptor));
  if (list == NULL || folder == NULL) fail(path);
  struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    char member[128];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    int opened = openat(descriptor, entry->d_name, O_PATH | O_NOFOLLOW);
    if (opened < 0) continue;
    int type = identify(opened, member, sizeof member);
    fprintf(list, "%s\t%s\t%s\n", type == S_IFDIR ? "folder" : "file", member, entry->d_name);
    close(opened);
  }
  closedir(folder);
  fclose(list);
}

static void keep_synced(pid_t process, int descriptor) {
  char path[64], id[128];
  descriptor_path(path, sizeof path, process, descriptor);
  int opened = open(path, O_RDONLY);
  if (opened < 0) return;
  int type = identify(opened, id, sizeof id);
  if (type == S_IFREG) keep_content(opened, id);
  if (type == S_IFDIR) keep_entries(opened, id);
  close(opened);
}

// Keeps a tree as it is.
static void seed(const char *path) {
  char id[128];
  int opened = open(path, O_RDONLY | O_NOFOLLOW);
  if (opened < 0) fail(path);
  int type = identify(opened, id, sizeof id);
  if (type == S_IFREG) keep_content(opened, id);
  if (type == S_IFDIR) {
    keep_entries(opened, id);
    DIR *folder = fdopendir(dup(opened));
    if (folder == NULL) fail(path);
    rewinddir(folder);
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
      char member[4096];
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      if (entry->d_type != DT_REG && entry->d_type != DT_DIR) continue;
      snprintf(member, sizeof member, "%s/%s", path, entry->d_name);
      seed(member);
    }
    closedir(folder);
  }
  close(opened);
}

static int seed_root(const char *tree) {
  char path[4096], id[128];
  seed(tree);
  int opened = open(tree, O_RDONLY);
  if (opened < 0 || identify(opened, id, sizeof id) != S_IFDIR) fail(tree);
  snprintf(path, sizeof path, "%s/root", durable);
  FILE *root = fopen(path, "w");
  if (root == NULL) fail(path);
  fprintf(root, "%s\n", id);
  fclose(root);
  return 0;
}

// MARK: Following the program

// The sync that a thread is in; few threads, few of them.
static struct { pid_t thread; int descriptor; } syncing[64];

static void remember_sync(pid_t thread, int descriptor) {
  for (int i = 0; i < 64; i++)
    if (syncing[i].thread == 0 || syncing[i].thread == thread) {
      syncing[i].thread = thread;
      syncing[i].descriptor = descriptor;
      return;
    }
}

static void finish_sync(pid_t process, pid_t thread, long result) {
  for (int i = 0; i < 64; i++)
    if (syncing[i].thread == thread) {
      if (result == 0) keep_synced(process, syncing[i].descriptor);
      syncing[i].thread = 0;
      return;
    }
}

// Ends the process as it enters the call; the call is not made. Waits until it is gone.
static void strike(pid_t process) {
  kill(process, SIGKILL);
  int status;
  pid_t got;
  while ((got = waitpid(-1, &status, __WALL)) > 0)
    if (got == process && (WIFEXITED(status) || WIFSIGNALED(status))) break;
  if (notes) fclose(notes);
  exit(137);
}

static void at_call(pid_t process, pid_t thread) {
  struct ptrace_syscall_info info;
  if (trace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof info, &info) <= 0) return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    struct call call = visible(&info);
    if (call.name == NULL) return;
    char target[4096];
    find_target(target, sizeof target, process, &info, call);
    // What threads tell each other nobody else sees.
    if (strncmp(target, "anon_inode:", 11) == 0) return;
    points++;
    if (notes) fprintf(notes, "%ld %s %s\n", points, call.name, target);
    if (points == stop_at_point) strike(process);
    if (durable && is_sync(info.entry.nr)) remember_sync(thread, (int)info.entry.args[0]);
  } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && durable) {
    finish_sync(process, thread, info.exit.rval);
  }
}

static int follow(pid_t process) {
  int status;
  pid_t thread;
  while ((thread = waitpid(-1, &status, __WALL)) > 0) {
    int signal = 0;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (thread != process) continue;
      if (notes) fclose(notes);
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (!WIFSTOPPED(status)) continue;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
      at_call(process, thread);
    } else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP) {
      signal = WSTOPSIG(status);
    }
    trace(PTRACE_SYSCALL, thread, NULL, (void *)(intptr_t)signal);
  }
  return 125;
}

int main(int count, char **arguments) {
  int next = 1;
  for (; next + 1 < count && strncmp(arguments[next], "--", 2) == 0; next += 2) {
    const char *value = arguments[next + 1];
    if (strcmp(arguments[next], "--at") == 0) stop_at_point = atol(value);
    if (strcmp(arguments[next], "--durable") == 0) durable = value;
    if (strcmp(arguments[next], "--seed") == 0) return seed_root(value);
    if (strcmp(arguments[next], "--points") == 0 && (notes = fopen(value, "w")) == NULL) fail(value);
  }
  if (next >= count) {
    fprintf(stderr, "stop_at: what is to be run?\n");
    return 125;
  }
  pid_t process = fork();
  if (process < 0) fail("fork");
  if (process == 0) {
    trace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    execvp(arguments[next], arguments + next);
    fail(arguments[next]);
  }
  int status;
  if (waitpid(process, &status, 0) < 0) fail("wait");
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (trace(PTRACE_SETOPTIONS, process, NULL, (void *)options) != 0) fail("trace");
  trace(PTRACE_SYSCALL, process, NULL, NULL);
  return follow(process);
}
