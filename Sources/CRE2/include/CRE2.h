#ifndef CRE2_H
#define CRE2_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern of RE2: UTF-8, matching in time linear in the text. Safe to share between
/// threads. No function here lets a C++ exception out.
typedef struct cre2_pattern cre2_pattern;

/// A part of a text in bytes; `start` is `SIZE_MAX` for a group that took no part in the match.
typedef struct cre2_range {
  size_t start;
  size_t end;
} cre2_range;

/// Compiles a pattern; null when it is refused, with a sentence in `error` (always terminated).
/// `max_memory` bounds the compiled program and its caches in bytes; 0 means 8 MiB.
cre2_pattern *cre2_compile(const char *pattern, size_t length, int64_t max_memory, char *error,
                           size_t error_capacity);

/// Releases what `cre2_compile` gave; null is allowed.
void cre2_delete(cre2_pattern *pattern);

/// The number of capturing groups, the whole match not counted.
int cre2_group_count(const cre2_pattern *pattern);

/// The size of the compiled program, a measure of what a match may cost a byte.
int cre2_program_size(const cre2_pattern *pattern);

/// Copies the name of a group into `name`, terminated; the name's length, or 0 for an unnamed group.
size_t cre2_group_name(const cre2_pattern *pattern, int group, char *name, size_t capacity);

/// Whether the pattern occurs somewhere in the text.
bool cre2_contains(const cre2_pattern *pattern, const char *text, size_t length);

/// Whether the pattern matches the text as a whole.
bool cre2_matches_whole(const cre2_pattern *pattern, const char *text, size_t length);

/// The first match at or after `start`. Group 0, the whole match, comes first in `groups`.
bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start,
               cre2_range *groups, int group_capacity);

/// Replaces matches, the first `limit` of them (negative: all); in `rewrite` `\1` … `\9` are groups,
/// `\0` the whole match. The result is to be released with `cre2_free`. Null when the rewrite refers
/// to a group that does not exist, when the result would be longer than `max_length`, or when memory
/// is out.
char *cre2_replace(const cre2_pattern *pattern, const char *text, size_t length,
                   const char *rewrite, size_t rewrite_length, int64_t limit, size_t max_length,
                   size_t *result_length);

/// Releases what `cre2_replace` gave.
void cre2_free(char *text);

#ifdef __cplusplus
}
#endif
#endif
