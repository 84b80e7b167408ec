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
  // `take` gives the connection away (nullopt: it cannot be, the reason is an Error).
  using TakeHook = std::function<Result<Fd>()>;

  Exchange(RequestHead head, BodyFraming framing, Connection& connection, bool close,
           TakeHook take);

  const RequestHead& head() const { return head_; }
  BodyReader& body() { return body_; }
  const BodyReader& body() const { return body_; }
  // The fields that the answer would have, as lines: for heads that a handler writes itself.
  std::string HeaderLines() const;
  int client_fd() const { return client_fd_; }

  // Fields of the answer's head; kept until it is sent.
  Headers& headers() { return headers_; }

  // A whole answer; sent when the handler returns. 204, 304 and answers to HEAD go without body.
  void Reply(int status, std::string body, std::string content_type);
  // Sends the head now; the body follows on the sink (the exchange's own), flushed at each write.
  Result<ByteSink*> StartStream(int status = 200);
  // Sends `head` (complete, empty line included) and detaches the connection from the server.
  // `read_ahead` gets what was already read behind the request.
  Result<Fd> TakeConnection(const std::string& head, std::string& read_ahead);

  // A streamed answer went wrong: it ends without its end, so that the client can tell.
  void Abandon();

  enum class State {
    kOpen,       // nothing decided
    kReplied,    // Reply() holds the answer
    kStreaming,  // the head is out
    kTaken,      // somebody else's connection
    kSent,       // all is out
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
  TakeHook take_;
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
