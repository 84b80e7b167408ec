#include "api/http/connection.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace buoy::api {

namespace {

constexpr size_t kFillSize = 16 * 1024;
constexpr size_t kFlushAt = 32 * 1024;
constexpr size_t kKeepBuffer = 1024;

// What remains of a timeout, for loops around poll().
class Deadline {
 public:
  explicit Deadline(int timeout_ms) : timeout_ms_(timeout_ms) {
    if (timeout_ms > 0) end_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  int Left() const {
    if (timeout_ms_ <= 0) return timeout_ms_;
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(left);
  }

 private:
  using Clock = std::chrono::steady_clock;
  int timeout_ms_;
  Clock::time_point end_;
};

Error NotYet() { return Error(ErrorKind::kInternal, "i/o timeout", EAGAIN); }

}  // namespace

Result<bool> WaitFor(int fd, short events, int timeout_ms) {
  Deadline deadline(timeout_ms);
  while (true) {
    pollfd entry{fd, events, 0};
    int ready = poll(&entry, 1, deadline.Left());
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return ErrnoError("poll");
  }
}

Status SetNonBlocking(int fd, bool on) {
  int flags = fcntl(fd, F_GETFL);
  int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (flags < 0 || (flags != wanted && fcntl(fd, F_SETFL, wanted) < 0)) return ErrnoError("fcntl");
  return Ok();
}

Connection::Connection(Fd fd, SslPtr ssl)
    : fd_(std::move(fd)), ssl_(std::move(ssl)), handshaking_(ssl_ != nullptr) {
  (void)SetNonBlocking(fd_.get(), true);
}

Error Connection::SslFault(int result, const char* what, short* events) {
  int saved = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      *events = POLLIN;
      return NotYet();
    case SSL_ERROR_WANT_WRITE:
      *events = POLLOUT;
      return NotYet();
    case SSL_ERROR_SYSCALL:
      if (saved != 0) return ErrnoError(what, saved);
      return Error(ErrorKind::kInternal, std::string(what) + ": connection closed", ECONNRESET);
    default:
      return Error(ErrorKind::kInternal, "tls: " + TlsErrorText(), EPROTO);
  }
}

Status Connection::Handshake(int timeout_ms) {
  if (!handshaking_) return Ok();
  Deadline deadline(timeout_ms);
  while (true) {
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(ssl_.get());
    if (result == 1) break;
    short events = 0;
    Error error = SslFault(result, "tls handshake", &events);
    if (error.sys_errno() != EAGAIN) return error;
    BUOY_ASSIGN(bool ready, WaitFor(fd_.get(), events, deadline.Left()));
    if (!ready) return NotYet();
  }
  handshaking_ = false;
  return Ok();
}

Result<size_t> Connection::ReadNow(char* data, size_t size, short* events) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    errno = 0;
    int got = SSL_read(ssl_.get(), data, static_cast<int>(std::min(size, size_t{1} << 30)));
    if (got > 0) return static_cast<size_t>(got);
    if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN) return size_t{0};
    return SslFault(got, "read", events);
  }
  while (true) {
    ssize_t got = recv(fd_.get(), data, size, 0);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno == EINTR) continue;
    *events = POLLIN;
    return errno == EAGAIN ? NotYet() : ErrnoError("read");
  }
}

Result<size_t> Connection::WriteNow(const char* data, size_t size, short* events) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    errno = 0;
    int sent = SSL_write(ssl_.get(), data, static_cast<int>(std::min(size, size_t{1} << 30)));
    if (sent > 0) return static_cast<size_t>(sent);
    return SslFault(sent, "write", events);
  }
  while (true) {
    ssize_t sent = send(fd_.get(), data, size, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<size_t>(sent);
    if (errno == EINTR) continue;
    *events = POLLOUT;
    return errno == EAGAIN ? NotYet() : ErrnoError("write");
  }
}

Result<size_t> Connection::ReadWaiting(char* data, size_t size, int timeout_ms) {
  Deadline deadline(timeout_ms);
  BUOY_TRY(Handshake(timeout_ms));
  while (true) {
    short events = POLLIN;
    Result<size_t> got = ReadNow(data, size, &events);
    if (got.ok() || got.error().sys_errno() != EAGAIN || deadline.Left() == 0) return got;
    BUOY_ASSIGN(bool ready, WaitFor(fd_.get(), events, deadline.Left()));
    if (!ready) return NotYet();
  }
}

Result<size_t> Connection::Read(std::span<char> buffer, int timeout_ms) {
  std::string_view ahead = read_ahead();
  if (ahead.empty()) return ReadWaiting(buffer.data(), buffer.size(), timeout_ms);
  size_t bytes = std::min(ahead.size(), buffer.size());
  memcpy(buffer.data(), ahead.data(), bytes);
  Consume(bytes);
  return bytes;
}

Result<size_t> Connection::Fill(int timeout_ms) {
  if (consumed_ > 0) {
    input_.erase(0, consumed_);
    consumed_ = 0;
  }
  char chunk[kFillSize];
  BUOY_ASSIGN(size_t got, ReadWaiting(chunk, sizeof chunk, timeout_ms));
  input_.append(chunk, got);
  return got;
}

void Connection::Consume(size_t bytes) {
  consumed_ += bytes;
  if (consumed_ == input_.size()) {
    input_.clear();
    consumed_ = 0;
  }
}

std::string Connection::TakeReadAhead() {
  std::string ahead(read_ahead());
  input_.clear();
  consumed_ = 0;
  return ahead;
}

bool Connection::HasPending() const {
  return !read_ahead().empty() || (ssl_ != nullptr && SSL_pending(ssl_.get()) > 0);
}

void Connection::Shrink() {
  if (input_.empty() && input_.capacity() > kKeepBuffer) std::string().swap(input_);
  if (output_.empty() && output_.capacity() > kKeepBuffer) std::string().swap(output_);
}

Status Connection::SendAll(std::string_view data) {
  BUOY_TRY(Handshake(-1));
  while (!data.empty()) {
    short events = POLLOUT;
    Result<size_t> sent = WriteNow(data.data(), data.size(), &events);
    if (sent.ok()) {
      data.remove_prefix(*sent);
    } else if (sent.error().sys_errno() == EAGAIN) {
      BUOY_TRY(WaitFor(fd_.get(), events, -1));
    } else {
      return std::move(sent).error();
    }
  }
  return Ok();
}

Status Connection::Write(std::string_view data) {
  if (output_.size() + data.size() < kFlushAt) {
    output_.append(data);
    return Ok();
  }
  BUOY_TRY(Flush());
  if (data.size() >= kFlushAt) return SendAll(data);
  output_.append(data);
  return Ok();
}

Status Connection::Flush() {
  if (output_.empty()) return Ok();
  Status sent = SendAll(output_);
  output_.clear();
  return sent;
}

void Connection::ShutdownWrite() {
  if (ssl_ != nullptr && !handshaking_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    // The client may still want to read what is under way: only TLS's own end is told.
    return;
  }
  shutdown(fd_.get(), SHUT_WR);
}

void Connection::Abort() { shutdown(fd_.get(), SHUT_RDWR); }

}  // namespace buoy::api
