#include "api/client/host.h"

#include <sys/socket.h>

#include "api/client/ssh.h"
#include "api/http/dial.h"
#include "common/unix/socket.h"

namespace buoy::api {

namespace {

constexpr int kConnectTimeoutMs = 30000;

}  // namespace

Result<Host> ParseHost(const std::string& text) {
  size_t scheme_end = text.find("://");
  if (scheme_end == std::string::npos) {
    return InvalidArgument("unable to parse docker host `" + text + "`");
  }
  std::string scheme = text.substr(0, scheme_end), rest = text.substr(scheme_end + 3);
  Host host;
  if (scheme == "unix") {
    if (rest.empty()) return InvalidArgument("unable to parse docker host `" + text + "`");
    host.path = rest;
    return host;
  }
  if (scheme == "ssh") {
    host.is_unix = false;
    BUOY_ASSIGN(host.command, SshCommand(text));
    return host;
  }
  if (scheme != "tcp" && scheme != "http" && scheme != "https") {
    return InvalidArgument("protocol not available");
  }
  host.is_unix = false;
  rest = rest.substr(0, rest.find('/'));
  size_t bracket = rest.find(']'), colon = rest.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    host.port = rest.substr(colon + 1);
    rest.resize(colon);
  }
  if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']') {
    rest = rest.substr(1, rest.size() - 2);
  }
  host.name = rest.empty() ? "localhost" : rest;
  if (host.port.empty()) host.port = scheme == "https" ? "2376" : "2375";
  return host;
}

Result<std::unique_ptr<Connection>> Dial(const Host& host, const TlsContext* tls) {
  Result<Fd> fd = host.is_unix ? ConnectUnix(host.path, SOCK_STREAM)
                               : DialTcp(host.name, host.port, kConnectTimeoutMs);
  if (!fd.ok()) return std::move(fd).error();
  SslPtr ssl;
  if (tls != nullptr && !host.is_unix) {
    BUOY_ASSIGN(ssl, tls->NewSession(fd->get(), host.name));
  }
  auto connection = std::make_unique<Connection>(*std::move(fd), std::move(ssl));
  BUOY_TRY(connection->Handshake(kConnectTimeoutMs));
  return connection;
}

}  // namespace buoy::api
