#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace buoy::cli::opts {

struct CutResult {
  std::string before, after;
  bool found;
};

// Go's strings.Cut.
inline CutResult Cut(std::string_view text, char separator) {
  size_t at = text.find(separator);
  if (at == std::string_view::npos) return {std::string(text), "", false};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1)), true};
}

// Go's strings.Split.
inline std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    size_t at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

inline std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

inline std::string Trim(std::string text) {
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

// What Go's strconv says after `strconv.X: parsing "y": `.
inline std::string BareReason(const std::string& message) {
  size_t colon = message.rfind(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

}  // namespace buoy::cli::opts
