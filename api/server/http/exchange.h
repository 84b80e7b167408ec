#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/http/body.h"
#include "api/http/connection.h"
#include "api/http/head.h"
#include "common/result/result.h"

namespace buoy::api {

// One request and its answer. Lives on the worker's stack while the handler runs. Exactly one of
// Reply(), StartStream() and TakeConnection() answers it.
class Exchange {
 public:
  // What the engine does for a request.
  struct Hooks {
    // Gives the connection away.
    std::function<Result<Fd>()> take;
    // The request may be interrupted: the descriptor that becomes readable then.
    std::function<int()> interrupt_fd = [] { return -1; };
    // Nobody has to wait for the request's end.
    std::function<void()> alone = [] {};
  };

  // `cursor`: the answer was begun before, see Interrupt().
  Exchange(RequestHead head, BodyFraming framing, Connection& connection, bool close, Hooks hooks,
           std::optional<std::string> cursor = std::nullopt);

  const RequestHead& head() const { return head_; }
  BodyReader& body() { return body_; }
  const BodyReader& body() const { return body_; }
  // The fields that the answer would have, as lines: for heads that a handler writes itself.
  std::string HeaderLines() const;
  int client_fd() const { return client_fd_; }
  PeerIdentity peer() const { return connection_.peer(); }

  // Asked once with the status before an answer that is no Reply() begins; its error is the
  // handler's.
  void set_guard(std::function<Status(int status)> guard) { guard_ = std::move(guard); }
  // What Reply() was given so far.
  const std::string& reply_body() const { return reply_body_; }

  // Fields of the answer's head; kept until it is sent.
  Headers& headers() { return headers_; }

  // A whole answer; sent when the handler returns. 204, 304 and answers to HEAD go without body.
  void Reply(int status, std::string body, std::string content_type);
  // Sends the head now; the body follows on the sink (the exchange's own), flushed at each write.
  Result<ByteSink*> StartStream(int status = 200);
  // Sends `head` (complete, empty line included) and detaches the connection from the server.
  // `read_ahead` gets what was already read behind the request.
  Result<Fd> TakeConnection(const std::string& head, std::string& read_ahead);

  // A streamed answer that may last for ever gives way when the daemon is replaced: once this
  // descriptor is readable the handler calls Interrupt() and returns. The same request is then run
  // by the successor, with cursor() being what was left here; its StartStream() goes on with the
  // body. Only for requests without body.
  int interrupt_fd() { return hooks_.interrupt_fd(); }
  void Interrupt(std::string cursor);
  const std::optional<std::string>& cursor() const { return cursor_; }
  // From here on the handler uses nothing of the daemon's state: a successor need not wait for it.
  void FinishAlone() { hooks_.alone(); }

  // A streamed answer went wrong: it ends without its end, so that the client can tell.
  void Abandon();

  enum class State {
    kOpen,       // nothing decided
    kReplied,    // Reply() holds the answer
    kStreaming,  // the head is out
    kTaken,      // somebody else's connection
    kInterrupted,
    kSent,  // all is out
  };
  State state() const { return state_; }
  int status() const { return status_; }

  // For the engine -------------------------------------------------------------------------------
  // The answer of Reply(), for whoever writes it.
  std::string& reply_body() { return reply_body_; }
  // Sends what Reply() holds when there is no body to send; ends a stream.
  // False: the connection is broken.
  bool Finish();
  // The connection may carry another request (call after Finish()).
  bool KeepAlive();
  bool close() const { return close_; }
  void set_close() { close_ = true; }
  // The request's body is not wanted: whether the rest is too much to read away.
  void DecideAboutUnreadBody();

 private:
  std::string HeadText(int status, std::string_view framing) const;

  RequestHead head_;
  Connection& connection_;
  int client_fd_;
  BodyReader body_;
  bool close_;
  Hooks hooks_;
  std::optional<std::string> cursor_;
  std::function<Status(int status)> guard_;
  Headers headers_;
  State state_ = State::kOpen;
  int status_ = 0;
  std::string reply_body_;
  std::unique_ptr<ByteSink> sink_;
  ChunkWriter* chunks_ = nullptr;  // inside sink_, when the body has an end to be written
};

// "Tue, 24 Nov 2026 19:38:17 GMT", for the Date header; computed once a second.
std::string HttpDate();

}  // namespace buoy::api
