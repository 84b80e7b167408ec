#pragma once

#include <optional>
#include <string>

#include "cli/formatter/value.h"
#include "common/archive/stream.h"
#include "common/result/result.h"

namespace buoy::cli {

// JSON objects one after the other from a stream, with or without newlines between them.
class JsonLines {
 public:
  explicit JsonLines(ByteSource& source) : source_(source) {}
  // The next object; nothing at the end of the stream.
  Result<std::optional<Value>> Next();
  // The same as its text.
  Result<std::optional<std::string>> NextText();

 private:
  // Length of the first complete value in buffer_, 0 when more is needed.
  size_t Complete();

  ByteSource& source_;
  std::string buffer_;
  size_t scanned_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
};

}  // namespace buoy::cli
