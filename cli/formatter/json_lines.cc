#include "cli/formatter/json_lines.h"

#include <array>
#include <utility>

namespace buoy::cli {

size_t JsonLines::Complete() {
  for (; scanned_ < buffer_.size(); ++scanned_) {
    char c = buffer_[scanned_];
    if (in_string_) {
      if (c == '\\') {
        ++scanned_;
      } else if (c == '"') {
        in_string_ = false;
      }
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && --depth_ == 0) {
      return std::exchange(scanned_, 0) + 1;
    }
  }
  return 0;
}

Result<std::optional<std::string>> JsonLines::NextText() {
  std::array<char, 16384> chunk;
  while (true) {
    if (size_t length = Complete(); length > 0) {
      std::string text = buffer_.substr(0, length);
      buffer_.erase(0, length);
      return std::optional(std::move(text));
    }
    BUOY_ASSIGN(size_t got, source_.Read(chunk));
    if (got == 0) return std::optional<std::string>();
    buffer_.append(chunk.data(), got);
  }
}

Result<std::optional<Value>> JsonLines::Next() {
  BUOY_ASSIGN(auto text, NextText());
  if (!text) return std::optional<Value>();
  BUOY_ASSIGN(Value value, Value::Parse(*text));
  return std::optional(std::move(value));
}

}  // namespace buoy::cli
