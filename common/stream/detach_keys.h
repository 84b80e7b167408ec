#pragma once

#include <string>
#include <string_view>

namespace buoy::stream {

// Docker's default: ctrl-p, ctrl-q.
inline constexpr std::string_view kDefaultDetachKeys = "\x10\x11";

// "ctrl-p,ctrl-q" or "a,DEL" to bytes; an empty spec gives no bytes (the default is the caller's).
// On failure `*error` is "Unknown character: 'x'"; what the API answers around it is
// "Invalid detach keys (SPEC) provided".
bool ParseDetachKeys(std::string_view spec, std::string* keys, std::string* error);

// Watches a terminal's input for the detach keys, across reads. A partial sequence is held back
// until it is known not to be one.
class DetachKeyFilter {
 public:
  explicit DetachKeyFilter(std::string keys) : keys_(std::move(keys)) {}
  // Appends what may be passed on. True when the whole sequence was typed; the rest is dropped.
  bool Feed(std::string_view input, std::string* out);

 private:
  std::string keys_;
  size_t matched_ = 0;
};

}  // namespace buoy::stream
