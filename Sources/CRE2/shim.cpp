#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

using re2::RE2;
using re2::StringPiece;

struct cre2_pattern {
  RE2 expression;
  cre2_pattern(const StringPiece &text, const RE2::Options &options) : expression(text, options) {}
};

namespace {

constexpr int64_t kDefaultMemory = 8 << 20;

StringPiece piece(const char *text, size_t length) {
  return StringPiece(text == nullptr ? "" : text, length);
}

size_t copy(const std::string &from, char *to, size_t capacity) {
  if (to == nullptr || capacity == 0) return from.size();
  size_t count = std::min(from.size(), capacity - 1);
  std::memcpy(to, from.data(), count);
  to[count] = '\0';
  return from.size();
}

/// The length of the scalar at `position`, so that an empty match steps over a whole one.
size_t scalar_length(const char *text, size_t length, size_t position) {
  size_t count = 1;
  while (position + count < length && (static_cast<unsigned char>(text[position + count]) & 0xC0) == 0x80)
    ++count;
  return count;
}

bool replace_all(const RE2 &expression, const char *text, size_t length, const StringPiece &rewrite,
                 int64_t limit, size_t max_length, std::string *result) {
  std::vector<StringPiece> groups(static_cast<size_t>(expression.NumberOfCapturingGroups()) + 1);
  StringPiece subject = piece(text, length);
  size_t position = 0;
  while (limit != 0 && position <= length) {
    if (!expression.Match(subject, position, length, RE2::UNANCHORED, groups.data(),
                          static_cast<int>(groups.size())))
      break;
    size_t start = static_cast<size_t>(groups[0].data() - subject.data());
    result->append(subject.data() + position, start - position);
    if (!expression.Rewrite(result, rewrite, groups.data(), static_cast<int>(groups.size())))
      return false;
    position = start + groups[0].size();
    if (groups[0].empty()) {
      if (position >= length) {
        position = length + 1;
      } else {
        size_t step = scalar_length(subject.data(), length, position);
        result->append(subject.data() + position, step);
        position += step;
      }
    }
    if (result->size() > max_length) return false;
    if (limit > 0) --limit;
  }
  if (position < length) result->append(subject.data() + position, length - position);
  return result->size() <= max_length;
}

}  // namespace

cre2_pattern *cre2_compile(const char *pattern, size_t length, int64_t max_memory, char *error,
                           size_t error_capacity) {
  try {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(RE2::Options::EncodingUTF8);
    options.set_max_mem(max_memory > 0 ? max_memory : kDefaultMemory);
    std::unique_ptr<cre2_pattern> result(new cre2_pattern(piece(pattern, length), options));
    if (result->expression.ok()) return result.release();
    copy(result->expression.error(), error, error_capacity);
  } catch (const std::bad_alloc &) {
    copy("out of memory", error, error_capacity);
  } catch (...) {
    copy("the pattern cannot be compiled", error, error_capacity);
  }
  return nullptr;
}

void cre2_delete(cre2_pattern *pattern) { delete pattern; }

int cre2_group_count(const cre2_pattern *pattern) {
  return pattern->expression.NumberOfCapturingGroups();
}

int cre2_program_size(const cre2_pattern *pattern) { return pattern->expression.ProgramSize(); }

size_t cre2_group_name(const cre2_pattern *pattern, int group, char *name, size_t capacity) {
  try {
    const auto &names = pattern->expression.CapturingGroupNames();
    auto found = names.find(group);
    if (found != names.end()) return copy(found->second, name, capacity);
  } catch (...) {
  }
  return copy("", name, capacity);
}

bool cre2_contains(const cre2_pattern *pattern, const char *text, size_t length) {
  try {
    return pattern->expression.Match(piece(text, length), 0, length, RE2::UNANCHORED, nullptr, 0);
  } catch (...) {
    return false;
  }
}

bool cre2_matches_whole(const cre2_pattern *pattern, const char *text, size_t length) {
  try {
    return pattern->expression.Match(piece(text, length), 0, length, RE2::ANCHOR_BOTH, nullptr, 0);
  } catch (...) {
    return false;
  }
}

bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start,
               cre2_range *groups, int group_capacity) {
  try {
    if (start > length) return false;
    int count = std::min(group_capacity, pattern->expression.NumberOfCapturingGroups() + 1);
    std::vector<StringPiece> found(static_cast<size_t>(std::max(count, 0)));
    StringPiece subject = piece(text, length);
    if (!pattern->expression.Match(subject, start, length, RE2::UNANCHORED, found.data(), count))
      return false;
    for (int index = 0; index < group_capacity; ++index) {
      bool is_set = index < count && found[static_cast<size_t>(index)].data() != nullptr;
      if (!is_set) {
        groups[index] = {SIZE_MAX, SIZE_MAX};
        continue;
      }
      const StringPiece &group = found[static_cast<size_t>(index)];
      size_t begin = static_cast<size_t>(group.data() - subject.data());
      groups[index] = {begin, begin + group.size()};
    }
    return true;
  } catch (...) {
    return false;
  }
}

char *cre2_replace(const cre2_pattern *pattern, const char *text, size_t length,
                   const char *rewrite, size_t rewrite_length, int64_t limit, size_t max_length,
                   size_t *result_length) {
  try {
    std::string error;
    StringPiece replacement = piece(rewrite, rewrite_length);
    if (!pattern->expression.CheckRewriteString(replacement, &error)) return nullptr;
    std::string result;
    if (!replace_all(pattern->expression, text, length, replacement, limit, max_length, &result))
      return nullptr;
    char *bytes = static_cast<char *>(std::malloc(result.size() + 1));
    if (bytes == nullptr) return nullptr;
    std::memcpy(bytes, result.data(), result.size());
    bytes[result.size()] = '\0';
    *result_length = result.size();
    return bytes;
  } catch (...) {
    return nullptr;
  }
}

void cre2_free(char *text) { std::free(text); }
