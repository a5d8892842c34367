// How long libyaml alone takes to read a file and emit its events: the least of some rounds.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yaml.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static long read_events(const unsigned char *bytes, size_t count) {
  yaml_parser_t parser;
  yaml_event_t event;
  long events = 0;
  int is_done = 0;
  if (!yaml_parser_initialize(&parser)) exit(2);
  yaml_parser_set_input_string(&parser, bytes, count);
  while (!is_done) {
    if (!yaml_parser_parse(&parser, &event)) exit(3);
    is_done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    events++;
  }
  yaml_parser_delete(&parser);
  return events;
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 66;
  fseek(file, 0, SEEK_END);
  long count = ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(count);
  if (!bytes || fread(bytes, 1, count, file) != (size_t)count) return 74;
  fclose(file);
  double best = 1e9;
  long events = 0;
  for (int round = 0; round < 9; round++) {
    double start = now();
    events = read_events(bytes, count);
    double time = now() - start;
    if (time < best) best = time;
  }
  printf("%ld %.3f\n", events, best);
  return 0;
}
