// What the disk allows: appends the same number of bytes and syncs, so many times.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  size_t size = strtoul(argv[2], NULL, 10);
  long count = strtol(argv[3], NULL, 10);
  char *bytes = malloc(size);
  if (!bytes) return 1;
  memset(bytes, 'x', size);
  int file = open(argv[1], O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
  if (file < 0) return 1;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (long i = 0; i < count; i++)
    if (write(file, bytes, size) != (ssize_t)size || fdatasync(file)) return 1;
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
  printf("%.9f\n", seconds);
  return 0;
}
