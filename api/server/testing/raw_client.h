#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/http/connection.h"
#include "api/http/head.h"

namespace buoy::api {

struct RawReply {
  int status = 0;  // 0: no whole answer came
  Headers headers;
  std::string body;
  bool complete = false;  // false: the body's end did not come
};

// Sends bytes as they are and reads answers. Every wait is bounded, so that a server that hangs
// fails a test instead of stopping it.
class RawClient {
 public:
  static constexpr int kTimeoutMs = 10000;

  explicit RawClient(Fd fd, SslPtr ssl = nullptr)
      : connection_(std::make_unique<Connection>(std::move(fd), std::move(ssl))) {}
  static RawClient ConnectTo(const std::string& socket_path);
  static RawClient ConnectTcp(int port);

  // False: the server has closed.
  bool Send(std::string_view data);
  // The next answer; 1xx other than 101 count as answers without a body.
  RawReply Read(std::string_view method = "GET");
  RawReply Ask(std::string_view data, std::string_view method = "GET") {
    Send(data);
    return Read(method);
  }
  // "GET path" by HTTP/1.1.
  RawReply Get(const std::string& path) {
    return Ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  RawReply Request(const std::string& method, const std::string& target,
                   const std::string& json = "");
  // Exactly `size` bytes, or fewer when the server ends or is silent.
  std::string ReadBytes(size_t size);
  // Everything until the server closes; `*closed` tells whether it did in time.
  std::string ReadToEnd(bool* closed = nullptr);
  // The server has closed (waits for it), and sent nothing more.
  bool AtEnd();
  // Nothing comes for that long.
  bool SilentFor(int ms);
  void EndInput() { connection_->ShutdownWrite(); }
  int fd() const { return connection_->fd(); }

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace buoy::api
