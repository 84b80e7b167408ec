#include "daemon/plugin/plugin_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "api/http/body.h"
#include "api/http/connection.h"
#include "api/http/dial.h"
#include "api/http/response.h"
#include "api/http/tls.h"
#include "api/http/url.h"
#include "common/json/codec.h"
#include "common/unix/socket.h"

namespace buoy::plugin {
namespace {

constexpr char kMimeType[] = "application/vnd.docker.plugins.v1.2+json";
constexpr char kLocalHost[] = "plugin.moby.localhost";
constexpr int kDialTimeoutMs = 10'000;
constexpr size_t kMaxAnswer = 32u << 20;
// Waits between attempts: about eight seconds in all.
constexpr int kRetriesMs[] = {250, 500, 1000, 2000, 4000};

struct PluginError {
  std::string err;
};
template <class V>
void Fields(V& v, PluginError& s) {
  v("Err", s.err);
}

struct Endpoint {
  std::string socket_path;  // unix
  std::string host, port;
  bool tls = false;
  std::string shown = kLocalHost;
};

Result<Endpoint> Parse(const std::string& url) {
  Endpoint endpoint;
  const size_t colon = url.find("://");
  const std::string scheme = url.substr(0, colon), rest = url.substr(colon + 3);
  if (scheme == "unix") {
    endpoint.socket_path = rest;
    return endpoint;
  }
  const std::string http = scheme == "https" ? "https://" : "http://";
  BUOY_ASSIGN(auto parsed, api::Url::Parse(http + rest));
  endpoint.host = parsed.host;
  endpoint.port = parsed.port;
  endpoint.tls = scheme == "https";
  endpoint.shown = parsed.Authority();
  return endpoint;
}

Result<std::unique_ptr<api::Connection>> Connect(const PluginAddress& address,
                                                 const Endpoint& endpoint) {
  if (!endpoint.socket_path.empty()) {
    auto fd = ConnectUnix(endpoint.socket_path, SOCK_STREAM);
    if (fd.ok()) return std::make_unique<api::Connection>(*std::move(fd));
    return ErrnoError("dial unix " + endpoint.socket_path + ": connect", fd.error().sys_errno());
  }
  BUOY_ASSIGN(Fd fd, api::DialTcp(endpoint.host, endpoint.port, kDialTimeoutMs));
  if (!endpoint.tls) return std::make_unique<api::Connection>(std::move(fd));
  BUOY_ASSIGN(auto context,
              api::TlsContext::Client({address.ca, address.cert, address.key, !address.insecure}));
  BUOY_ASSIGN(auto session, context->NewSession(fd.get(), endpoint.host));
  auto connection = std::make_unique<api::Connection>(std::move(fd), std::move(session));
  BUOY_TRY(connection->Handshake(kDialTimeoutMs));
  return connection;
}

Result<std::string> Exchange(api::Connection& connection, const Endpoint& endpoint,
                             const std::string& method, const std::string& body, int timeout_ms,
                             int* status) {
  BUOY_TRY(connection.Write(
      "POST /" + method + " HTTP/1.1\r\nHost: " + endpoint.shown +
      "\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nAccept: " + kMimeType + "\r\nContent-Type: " + kMimeType +
      "\r\nConnection: close\r\n\r\n" + body));
  BUOY_TRY(connection.Flush());
  BUOY_ASSIGN(auto head, api::ReadHead(connection, timeout_ms));
  *status = head.status;
  BUOY_ASSIGN(auto framing, api::ResponseFraming(head, "POST"));
  api::BodyReader reader(connection, framing);
  reader.set_timeout(timeout_ms);
  std::string answer;
  char buffer[16384];
  for (;;) {
    BUOY_ASSIGN(size_t n, reader.Read(buffer));
    if (n == 0) return answer;
    answer.append(buffer, n);
    if (answer.size() > kMaxAnswer) return Internal("the plugin's answer is too long");
  }
}

}  // namespace

Result<std::string> PluginClient::CallOnce(const std::string& method, const std::string& body,
                                           int timeout_ms) const {
  BUOY_ASSIGN(Endpoint endpoint, Parse(address_.url));
  const std::string what = "Post \"" + std::string(endpoint.tls ? "https://" : "http://") +
                           endpoint.shown + "/" + method + "\"";
  auto connection = Connect(address_, endpoint);
  if (!connection.ok()) {
    return std::move(connection).error().Context(what).WithKind(ErrorKind::kUnavailable);
  }
  int status = 0;
  auto answer = Exchange(**connection, endpoint, method, body, timeout_ms, &status);
  if (!answer.ok()) {
    return std::move(answer).error().Context(what).WithKind(ErrorKind::kUnavailable);
  }
  if (status == 200) return answer;
  auto remote = FromJson<PluginError>(*answer);
  return Internal(method + ": " + (remote.ok() && !remote->err.empty() ? remote->err : *answer));
}

Result<std::string> PluginClient::Call(const std::string& method, const std::string& body,
                                       Patience patience, int timeout_ms) const {
  auto answer = CallOnce(method, body, timeout_ms);
  if (patience == Patience::kNone) return answer;
  for (int wait_ms : kRetriesMs) {
    if (answer.ok() || answer.error().kind() != ErrorKind::kUnavailable) break;
    usleep(static_cast<useconds_t>(wait_ms) * 1000);
    answer = CallOnce(method, body, timeout_ms);
  }
  return answer;
}

}  // namespace buoy::plugin
