// Go's path.Match, iterative over '*' so that a hostile pattern costs at most O(n*m).
#include "common/reference/reference.h"

namespace buoy {

namespace {

Error BadPattern() { return InvalidArgument("syntax error in pattern"); }

// One possibly escaped character of a class; false = malformed.
bool ClassChar(std::string_view pattern, size_t* at, char* c) {
  if (*at >= pattern.size() || pattern[*at] == '-' || pattern[*at] == ']') return false;
  if (pattern[*at] == '\\' && ++*at >= pattern.size()) return false;
  *c = pattern[(*at)++];
  return *at < pattern.size();
}

// Matches the class that starts after '['; moves *at behind ']'.
Result<bool> MatchClass(std::string_view pattern, size_t* at, char c) {
  bool negated = *at < pattern.size() && pattern[*at] == '^';
  if (negated) ++*at;
  bool match = false;
  for (int ranges = 0;; ++ranges) {
    if (*at < pattern.size() && pattern[*at] == ']' && ranges > 0) {
      ++*at;
      return match != negated;
    }
    char low, high;
    if (!ClassChar(pattern, at, &low)) return BadPattern();
    high = low;
    if (pattern[*at] == '-') {
      ++*at;
      if (!ClassChar(pattern, at, &high)) return BadPattern();
    }
    if (low <= c && c <= high) match = true;
  }
}

// Matches one pattern element (not '*') against `c`; c == 0 only checks the syntax.
Result<bool> MatchOne(std::string_view pattern, size_t* at, char c) {
  switch (pattern[*at]) {
    case '?':
      ++*at;
      return c != '/' && c != 0;
    case '[': {
      ++*at;
      BUOY_ASSIGN(bool match, MatchClass(pattern, at, c));
      return match && c != 0 && c != '/';
    }
    case '\\':
      if (++*at >= pattern.size()) return BadPattern();
      [[fallthrough]];
    default:
      return pattern[(*at)++] == c && c != 0;
  }
}

}  // namespace

Result<bool> MatchPattern(std::string_view pattern, std::string_view text) {
  for (size_t at = 0; at < pattern.size();) {  // syntax first, so that errors do not depend on text
    if (pattern[at] == '*') {
      ++at;
    } else {
      BUOY_TRY(MatchOne(pattern, &at, 0));
    }
  }
  size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && t < text.size()) {
      size_t next = p;
      BUOY_ASSIGN(bool match, MatchOne(pattern, &next, text[t]));
      if (match) {
        p = next;
        ++t;
        continue;
      }
    }
    // Widen the last star by one character, which may not be '/'.
    if (star == std::string_view::npos || star_text >= text.size() || text[star_text] == '/') {
      return false;
    }
    t = ++star_text;
    p = star;
  }
  return true;
}

}  // namespace buoy
