#pragma once

#include <cctype>
#include <string_view>

namespace buoy::cli {

// Natural order: runs of digits compare as numbers ("a2" < "a10").
inline bool NaturalLess(std::string_view a, std::string_view b) {
  auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      size_t zeros_a = i;
      size_t zeros_b = j;
      while (i < a.size() && a[i] == '0') ++i;
      while (j < b.size() && b[j] == '0') ++j;
      zeros_a = i - zeros_a;
      zeros_b = j - zeros_b;
      size_t start_a = i;
      size_t start_b = j;
      while (i < a.size() && digit(a[i])) ++i;
      while (j < b.size() && digit(b[j])) ++j;
      if (i - start_a != j - start_b) return i - start_a < j - start_b;
      int order = a.substr(start_a, i - start_a).compare(b.substr(start_b, j - start_b));
      if (order != 0) return order < 0;
      if (zeros_a != zeros_b) return zeros_a < zeros_b;
      continue;
    }
    if (a[i] != b[j]) return a[i] < b[j];
    ++i;
    ++j;
  }
  return a.size() - i < b.size() - j;
}

}  // namespace buoy::cli
