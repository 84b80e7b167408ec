#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "common/archive/stream.h"
#include "common/result/result.h"

namespace buoy::image {

using ProgressSink = std::function<Status(const std::string& json_line)>;

// The JSON lines of Docker's long operations.
std::string StreamLine(const std::string& text);                                // {"stream":...}
std::string StatusLine(const std::string& status, const std::string& id = "");  // {"status":...}
// {"status":...,"progressDetail":{...},"progress":"[==> ] ...","id":...}
std::string ProgressLine(const std::string& status, const std::string& id, int64_t current,
                         int64_t total);

// Reports how far a source has been read, every half megabyte and at its end.
class ProgressSource : public ByteSource {
 public:
  // `report` gets the bytes so far.
  ProgressSource(ByteSource& inner, std::function<Status(int64_t current)> report)
      : inner_(inner), report_(std::move(report)) {}
  Result<size_t> Read(std::span<char> buffer) override;

 private:
  ByteSource& inner_;
  std::function<Status(int64_t)> report_;
  int64_t current_ = 0, reported_ = 0;
  std::chrono::steady_clock::time_point last_{};
  bool ended_ = false;
};

}  // namespace buoy::image
