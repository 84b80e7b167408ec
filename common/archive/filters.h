#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/archive/stream.h"
#include "common/digest/sha256.h"

namespace buoy {

// Passes a source through and computes its SHA-256 and length on the way.
class HashingSource : public ByteSource {
 public:
  explicit HashingSource(ByteSource& inner) : inner_(inner) {}
  Result<size_t> Read(std::span<char> buffer) override;

  // Of what was read so far.
  std::string Digest() const { return hash_.Digest(); }
  uint64_t bytes() const { return bytes_; }
  // Reads on to the end of the inner source, so that the digest covers all of it.
  Status Drain();

 private:
  ByteSource& inner_;
  Sha256 hash_;
  uint64_t bytes_ = 0;
};

// The same for a sink.
class HashingSink : public ByteSink {
 public:
  explicit HashingSink(ByteSink& inner) : inner_(inner) {}
  Status Write(std::string_view data) override;
  std::string Digest() const { return hash_.Digest(); }
  uint64_t bytes() const { return bytes_; }

 private:
  ByteSink& inner_;
  Sha256 hash_;
  uint64_t bytes_ = 0;
};

// Fails with kInvalidArgument once more than `limit` bytes came: a bound for decoded bombs.
class LimitedSource : public ByteSource {
 public:
  LimitedSource(ByteSource& inner, uint64_t limit) : inner_(inner), limit_(limit) {}
  Result<size_t> Read(std::span<char> buffer) override;

 private:
  ByteSource& inner_;
  uint64_t limit_;
  uint64_t bytes_ = 0;
};

// Shows the beginning of a source without consuming it.
class PeekSource : public ByteSource {
 public:
  explicit PeekSource(ByteSource& inner) : inner_(inner) {}
  // Up to `size` bytes; fewer only when the source is that short.
  Result<std::string_view> Peek(size_t size);
  Result<size_t> Read(std::span<char> buffer) override;

 private:
  ByteSource& inner_;
  std::string peeked_;
};

}  // namespace buoy
