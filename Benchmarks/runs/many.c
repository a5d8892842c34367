// What the disk allows many at once: threads that each append to files of their own and sync.
//
//     many FOLDER BYTES APPENDS FILES THREADS
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *folder;
static size_t size;
static long appends, files;
static atomic_long next;

static void *work(void *unused) {
  char path[4096], *bytes = malloc(size);
  if (!bytes) exit(1);
  memset(bytes, 'x', size);
  for (long i; (i = atomic_fetch_add(&next, 1)) < files;) {
    snprintf(path, sizeof path, "%s/%ld", folder, i);
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
    if (file < 0) exit(1);
    for (long j = 0; j < appends; j++)
      if (write(file, bytes, size) != (ssize_t)size || fdatasync(file)) exit(1);
    close(file);
  }
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  folder = argv[1];
  size = strtoul(argv[2], NULL, 10);
  appends = strtol(argv[3], NULL, 10);
  files = strtol(argv[4], NULL, 10);
  long threads = strtol(argv[5], NULL, 10);
  pthread_t all[256];
  if (threads < 1 || threads > 256) return 2;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (long i = 0; i < threads; i++)
    if (pthread_create(&all[i], NULL, work, NULL)) return 1;
  for (long i = 0; i < threads; i++) pthread_join(all[i], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.9f\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
  return 0;
}
