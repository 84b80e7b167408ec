#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy {

// A pull stream of bytes: a request body, a file, a decoder over another source.
// Not thread-safe; a source is read by one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads at least one byte into `buffer` (which is not empty) and returns how many; 0 = the end.
  // After an error or the end, later calls return the same.
  virtual Result<size_t> Read(std::span<char> buffer) = 0;
};

// A push stream of bytes: a response body, a file, an encoder before another sink.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Takes all of `data` or fails.
  virtual Status Write(std::string_view data) = 0;
};

// Reads from memory.
class StringSource : public ByteSource {
 public:
  explicit StringSource(std::string data) : data_(std::move(data)) {}
  Result<size_t> Read(std::span<char> buffer) override {
    size_t n = std::min(buffer.size(), data_.size() - offset_);
    if (n > 0) std::memcpy(buffer.data(), data_.data() + offset_, n);
    offset_ += n;
    return n;
  }

 private:
  std::string data_;
  size_t offset_ = 0;
};

// Collects in memory.
class StringSink : public ByteSink {
 public:
  Status Write(std::string_view data) override {
    data_.append(data);
    return Ok();
  }
  const std::string& data() const { return data_; }
  std::string Take() { return std::move(data_); }

 private:
  std::string data_;
};

// Reads a file descriptor (not owned) until end of file.
class FdSource : public ByteSource {
 public:
  explicit FdSource(int fd) : fd_(fd) {}
  Result<size_t> Read(std::span<char> buffer) override;

 private:
  int fd_;
};

// Writes to a file descriptor (not owned).
class FdSink : public ByteSink {
 public:
  explicit FdSink(int fd) : fd_(fd) {}
  Status Write(std::string_view data) override;

 private:
  int fd_;
};

// Copies `source` to its end into `sink`; returns the number of bytes.
Result<size_t> CopyStream(ByteSource& source, ByteSink& sink);

// Reads exactly the whole source; more than `limit` bytes is an error.
Result<std::string> ReadAll(ByteSource& source, size_t limit = 64u << 20);

}  // namespace buoy
