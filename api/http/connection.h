#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/http/tls.h"
#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::api {

// A stream socket, plain or TLS, with a read-ahead buffer that outlives single requests and a write
// buffer that joins a head with the first piece of its body. Used by one thread at a time.
//
// Waiting: timeouts are in ms, < 0 waits for ever, 0 does not wait. When nothing came in time the
// error's errno is EAGAIN. A peer that has gone: ECONNRESET, EPIPE; a TLS fault: EPROTO.
class Connection {
 public:
  // Makes the socket non-blocking; waiting is done with poll().
  explicit Connection(Fd fd, SslPtr ssl = nullptr);

  int fd() const { return fd_.get(); }
  bool is_tls() const { return ssl_ != nullptr; }
  // Of a TLS peer after the handshake; nobody without TLS.
  PeerIdentity peer() const { return ssl_ == nullptr ? PeerIdentity() : PeerOf(ssl_.get()); }
  // True until the TLS handshake is through.
  bool needs_handshake() const { return handshaking_; }
  Status Handshake(int timeout_ms);

  // At least one byte, from the read-ahead first; 0 = the peer has closed its side.
  Result<size_t> Read(std::span<char> buffer, int timeout_ms = -1);
  // Adds at least one byte to the read-ahead; 0 = the peer has closed its side.
  Result<size_t> Fill(int timeout_ms = -1);
  std::string_view read_ahead() const { return std::string_view(input_).substr(consumed_); }
  void Consume(size_t bytes);
  std::string TakeReadAhead();
  // What somebody else had read already.
  void PutReadAhead(std::string data) { input_ = std::move(data); }
  // True when a read might return although the socket itself shows nothing.
  bool HasPending() const;
  // Gives the memory of empty buffers back: an idle connection should cost little.
  void Shrink();

  // Buffers; sends when there is enough for a packet of its own.
  Status Write(std::string_view data);
  Status Flush();
  // Tells the peer that nothing more will be written (TLS: close_notify as well).
  void ShutdownWrite();
  // Ends both directions at once; safe while another thread is blocked in this connection.
  void Abort();

  // Non-blocking primitives: bytes moved, 0 = end (reads), error with EAGAIN = `*events` first.
  Result<size_t> ReadNow(char* data, size_t size, short* events);
  Result<size_t> WriteNow(const char* data, size_t size, short* events);

  // Gives the socket away; only for connections without TLS. The read-ahead stays here.
  Fd ReleaseFd() { return std::move(fd_); }

 private:
  Result<size_t> ReadWaiting(char* data, size_t size, int timeout_ms);
  Status SendAll(std::string_view data);
  Error SslFault(int result, const char* what, short* events);

  Fd fd_;
  SslPtr ssl_;
  bool handshaking_;
  std::string input_;
  size_t consumed_ = 0;
  std::string output_;
};

// poll() for one descriptor; true = ready, false = the time is over.
Result<bool> WaitFor(int fd, short events, int timeout_ms);
Status SetNonBlocking(int fd, bool on);

}  // namespace buoy::api
