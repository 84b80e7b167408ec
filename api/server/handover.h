#pragma once

#include <optional>
#include <string>

#include "common/archive/stream.h"
#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::api {

// What a long-lived answer carries; decides the response head. The server turns "multiplexed" into
// the content type that the client's API version knows (raw-stream before 1.42).
enum class StreamKind {
  // Both directions, attach and exec start: "101 UPGRADED" when the client asked for an upgrade,
  // else a bare 200; from then on the connection carries the stream's bytes alone, until close.
  kDuplexRaw,          // a terminal
  kDuplexMultiplexed,  // 8-byte frame headers in the direction of the client
  // One direction, a 200 whose body is the stream; HTTP/1.1 clients get it chunked.
  kBodyRaw,          // logs of a container with a terminal
  kBodyMultiplexed,  // logs of one without
  kBodyJson,         // wait, stats, events: JSON documents, each on a line
  kBodyTar,          // export and archive
};

// A connection that left the server. `fd` is a blocking, close-on-exec stream socket (one end of a
// socketpair where the client speaks TLS). The new owner must treat `read_ahead` as if it had been
// read from the fd first, and answers nothing but this stream: the head said "Connection: close".
struct TakenStream {
  Fd fd;
  std::string read_ahead;
  // kBody*: every write goes out as an HTTP chunk ("<hex size>\r\n<data>\r\n"), and "0\r\n\r\n"
  // ends the body; without it the body is what comes until close.
  bool chunked = false;
};

// The client's connection as a backend sees it while its request is being handled: it can be
// answered here (Answer) or be handed to somebody else (Take), at most one of them, once.
// An error returned by the backend before either becomes a normal HTTP error.
class Handover {
 public:
  virtual ~Handover() = default;

  // Writes the response head and gives the connection away for good.
  virtual Result<TakenStream> Take(StreamKind kind) = 0;

  // For kBody*: starts the response; the backend writes the body to the returned sink (owned by the
  // server, each write reaches the client at once) before it returns. The connection is kept alive.
  // A failed write means that the client has gone.
  virtual Result<ByteSink*> Answer(StreamKind kind) = 0;

  // A kBodyJson stream that may last for ever gives way when the daemon is replaced in place: once
  // this descriptor is readable (-1: never) the backend calls Interrupt() and returns. The same
  // request is then made again of the successor's backend, whose continued() is that cursor; its
  // Answer() goes on with the body where this one ended.
  virtual int interrupt_fd() { return -1; }
  virtual void Interrupt(std::string /*cursor*/) {}
  virtual const std::optional<std::string>& continued() const {
    static const std::optional<std::string> kNo;
    return kNo;
  }

  // What follows uses nothing of the daemon's state: a successor need not wait for its end.
  virtual void FinishAlone() {}

  // The client's socket, for poll(POLLRDHUP) while waiting for something to send; not to be read.
  virtual int client_fd() const = 0;
};

}  // namespace buoy::api
