#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/headers.h"
#include "api/http/query.h"
#include "common/archive/stream.h"
#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::api {

inline constexpr char kDefaultHost[] = "unix:///var/run/docker.sock";
// Whether an ssh:// host can be understood; errors have the docker CLI's texts.
Status CheckSshUrl(const std::string& url);

inline constexpr char kDaemonErrorPrefix[] = "Error response from daemon: ";

struct ClientOptions {
  // unix://PATH, tcp://HOST:PORT or ssh://[USER@]HOST[:PORT][/SOCKET]
  std::string host = kDefaultHost;
  // Fixed when given (DOCKER_API_VERSION, "1.45"); negotiated through /_ping otherwise.
  std::string api_version;
  // HttpHeaders of the CLI's config file; sent with every request.
  Headers headers;
  std::string user_agent;
  // TLS for tcp://; the files are PEM, empty = not used.
  bool tls = false;
  bool tls_verify = false;
  std::string ca_file, cert_file, key_file;
};

// One request. `path` is below the version prefix ("/containers/json"); segments that hold user
// input are escaped by the caller with EscapePath().
struct Call {
  std::string method = "GET";
  std::string path;
  Query query = {};
  // Sent as application/json when not empty.
  std::string json = {};
  // A body read while it is sent: chunked, or with a Content-Length when `upload_size` >= 0.
  ByteSource* upload = nullptr;
  int64_t upload_size = -1;
  std::string upload_type = "application/x-tar";
  Headers headers = {};
};

// A whole answer. 304 (already started/stopped) is no error.
struct Reply {
  int status = 0;
  Headers headers;
  std::string body;
};

// An answer whose body is read as it comes (pull, events, logs, export ...).
class ReplyStream : public ByteSource {
 public:
  virtual int status() const = 0;
  virtual const Headers& headers() const = 0;
  // Makes a Read in another thread (or the next one) end with an error; async-signal-safe.
  virtual void Cancel() = 0;
  // Waits for bytes: true = Read will not block. `timeout_ms` < 0 waits for ever.
  virtual Result<bool> WaitReadable(int timeout_ms) = 0;
};

// A connection that carries a stream in both directions after its head.
struct HijackedStream {
  Fd fd;                 // blocking; shutdown(SHUT_WR) tells the other side that stdin has ended
  std::string leftover;  // bytes read behind the head: treat as read from fd first
  int status = 0;        // 101, or 200 from a daemon that did not upgrade
  Headers headers;
  // application/vnd.docker.multiplexed-stream: 8-byte frame headers. Old daemons do not tell.
  bool multiplexed = false;
};

struct PingResult {
  std::string api_version;
  std::string os_type;
  bool experimental = false;
  std::string builder_version;
  std::string swarm;  // "inactive", "active/manager", ...
};

// Talks to a daemon. Thread-safe; connections are kept and reused.
//
// Errors: what the server answered with a status >= 400 becomes an Error of the status's kind with
// the text "Error response from daemon: <message>" (ServerMessage() gives it without the prefix).
// A daemon that cannot be reached is kUnavailable with Docker's text ("Cannot connect to the Docker
// daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "permission denied ...").
class Client {
 public:
  // Fails on a host that cannot be parsed or TLS files that cannot be read; does not connect.
  static Result<std::unique_ptr<Client>> Create(ClientOptions options);
  ~Client();

  Result<Reply> Do(const Call& call);
  Result<Reply> Do(std::string method, std::string path, Query query = {}, std::string json = {});
  Result<std::unique_ptr<ReplyStream>> Open(const Call& call);
  // POSTs with "Connection: Upgrade", "Upgrade: tcp" (or the given headers' Upgrade protocol).
  Result<HijackedStream> Hijack(const Call& call);

  // A connection on which nothing has been said yet. The socket is blocking.
  Result<Fd> DialRaw();

  // GET /_ping (unversioned).
  Result<PingResult> Ping();
  // The answer to the first Ping(), which Version() needs anyway.
  Result<PingResult> ping();
  // The version in use ("1.51"): fixed, or negotiated once. Errors when the daemon is not there.
  Result<std::string> Version();
  const ClientOptions& options() const { return options_; }

 private:
  struct Impl;
  Client(ClientOptions options, std::unique_ptr<Impl> impl);

  Result<std::string> VersionedTarget(const Call& call);

  ClientOptions options_;
  std::unique_ptr<Impl> impl_;
};

// The daemon's own text of an error that a Client returned.
std::string ServerMessage(const Error& error);

}  // namespace buoy::api
