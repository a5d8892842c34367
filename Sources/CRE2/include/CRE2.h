#ifndef CRE2_H
#define CRE2_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/// A compiled pattern; null when the pattern is refused.
typedef struct cre2_pattern cre2_pattern;
#ifdef __cplusplus
}
#endif
#endif
