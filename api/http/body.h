#pragma once

#include <functional>
#include <span>
#include <string>

#include "api/http/connection.h"
#include "api/http/head.h"
#include "common/archive/stream.h"

namespace buoy::api {

// The body of the message whose head was just consumed from `connection`, pulled as it comes.
// It never reads past the body's end, so that the connection can carry the next message.
class BodyReader : public ByteSource {
 public:
  // `before_first_read` runs once before the socket is read for the first time
  // (a server answers "100 Continue" there).
  BodyReader(Connection& connection, BodyFraming framing,
             std::function<Status()> before_first_read = {})
      : connection_(connection),
        framing_(framing),
        before_(std::move(before_first_read)),
        left_(framing.chunked ? 0 : framing.length),
        done_(!framing.chunked && framing.length == 0) {}

  Result<size_t> Read(std::span<char> buffer) override;

  // Reads ahead until the body's end or until at least `limit` bytes are there, and shows them; a
  // later Read() gives them again.
  Result<std::string_view> Peek(size_t limit);

  // All of the body was read; only then is the connection at the next message.
  bool done() const { return done_ && peeked_.empty(); }
  bool failed() const { return failure_.has_value(); }
  // The peer still waits for "100 Continue" and has not sent the body.
  bool waiting_for_continue() const { return static_cast<bool>(before_); }
  // The answer has begun: "100 Continue" would be part of it. (The peer may send without.)
  void ForgetContinue() { before_ = nullptr; }
  // Bytes still to come; -1 = unknown.
  int64_t left() const {
    if (framing_.chunked) return -1;
    return left_ < 0 ? left_ : left_ + static_cast<int64_t>(peeked_.size());
  }
  const BodyFraming& framing() const { return framing_; }
  // How long each read may wait for bytes, in ms; < 0 = for ever. kInternal with EAGAIN.
  void set_timeout(int timeout_ms) { timeout_ms_ = timeout_ms; }
  // Reads at most `limit` bytes of what is left, for at most `timeout_ms` in all, and drops them;
  // true = the body is done.
  bool Drain(size_t limit, int timeout_ms);

 private:
  Result<size_t> ReadBody(std::span<char> buffer);
  Result<size_t> ReadChunked(std::span<char> buffer);
  Status NextChunk();
  Status SkipTrailers();
  Result<std::string> ReadLine();

  Connection& connection_;
  BodyFraming framing_;
  std::string peeked_;  // read, but not yet given away
  std::function<Status()> before_;
  int64_t left_;  // of the body, or of the chunk; -1 = until close
  bool first_chunk_ = true;
  bool done_;
  int timeout_ms_ = -1;
  std::optional<Error> failure_;
};

// Writes pieces as HTTP chunks, each flushed; Finish() ends the body.
class ChunkWriter : public ByteSink {
 public:
  // With `chunked` off the pieces go out as they are and the body ends with the connection.
  ChunkWriter(Connection& connection, bool chunked) : connection_(connection), chunked_(chunked) {}
  Status Write(std::string_view data) override;
  Status Finish();

 private:
  Connection& connection_;
  bool chunked_;
};

}  // namespace buoy::api
