// The terminals of Docker's reference grammar, matched by hand: no regex, no recursion.
#include "common/reference/grammar.h"

#include <algorithm>

#include "common/reference/reference.h"

namespace buoy {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlpha(char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); }
bool IsAlnum(char c) { return IsAlpha(c) || IsDigit(c); }
bool IsLowerAlnum(char c) { return IsLower(c) || IsDigit(c); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Calls `check` for each piece between separators; false if one fails.
template <class Check>
bool EachPiece(std::string_view text, char separator, Check check) {
  for (;;) {
    size_t end = text.find(separator);
    if (!check(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool IsDomainComponent(std::string_view text) {
  return !text.empty() && IsAlnum(text.front()) && IsAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsAlnum(c) || c == '-'; });
}

bool IsHost(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    return std::all_of(text.begin(), text.end(), [](char c) { return IsHex(c) || c == ':'; });
  }
  return EachPiece(text, '.', IsDomainComponent);
}

// One of ".", "_", "__" or any number of "-".
bool IsSeparator(std::string_view text) {
  if (text == "." || text == "_" || text == "__") return true;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '-'; });
}

bool IsPathComponent(std::string_view text) {
  size_t at = 0;
  for (;;) {
    size_t start = at;
    while (at < text.size() && IsLowerAlnum(text[at])) ++at;
    if (at == start) return false;
    if (at == text.size()) return true;
    start = at;
    while (at < text.size() && !IsLowerAlnum(text[at])) ++at;
    if (!IsSeparator(text.substr(start, at - start))) return false;
  }
}

}  // namespace

bool IsValidTag(std::string_view tag) {
  auto word = [](char c) { return IsAlnum(c) || c == '_'; };
  return !tag.empty() && tag.size() <= 128 && word(tag.front()) &&
         std::all_of(tag.begin(), tag.end(),
                     [&](char c) { return word(c) || c == '.' || c == '-'; });
}

bool IsValidDomain(std::string_view domain) {
  size_t colon = domain.rfind(':');
  if (colon != std::string_view::npos && domain.back() != ']') {
    std::string_view port = domain.substr(colon + 1);
    if (port.empty() || !std::all_of(port.begin(), port.end(), IsDigit)) return false;
    domain = domain.substr(0, colon);
  }
  return IsHost(domain);
}

bool IsValidRemoteName(std::string_view path) { return EachPiece(path, '/', IsPathComponent); }

namespace grammar {

bool IsDigestPattern(std::string_view text) {
  size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view hex = text.substr(colon + 1);
  if (hex.size() < 32 || !std::all_of(hex.begin(), hex.end(), IsHex)) return false;
  bool start = true;  // of a component, which begins with a letter
  for (char c : text.substr(0, colon)) {
    if (start ? !IsAlpha(c)
              : !IsAlnum(c) && std::string_view("-_+.").find(c) == std::string_view::npos) {
      return false;
    }
    start = !IsAlnum(c);
  }
  return !start;
}

}  // namespace grammar

}  // namespace buoy
