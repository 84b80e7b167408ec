#include "api/client/host.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "common/unix/socket.h"

namespace buoy::api {

namespace {

constexpr int kConnectTimeoutMs = 30000;

Result<Fd> ConnectAddress(const addrinfo& address) {
  Fd fd(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return ErrnoError("socket");
  if (connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) {
    return ErrnoError("connect");
  }
  constexpr short kWritable = 4;  // POLLOUT
  BUOY_ASSIGN(bool ready, WaitFor(fd.get(), kWritable, kConnectTimeoutMs));
  if (!ready) return Error(ErrorKind::kUnavailable, "connect: i/o timeout", ETIMEDOUT);
  int fault = 0;
  socklen_t size = sizeof fault;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &fault, &size);
  if (fault != 0) return ErrnoError("connect", fault);
  int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return fd;
}

Result<Fd> ConnectTcp(const Host& host) {
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  int code = getaddrinfo(host.name.c_str(), host.port.c_str(), &hints, &list);
  if (code != 0) {
    return Error(ErrorKind::kUnavailable,
                 "dial tcp: lookup " + host.name + ": " + gai_strerror(code), EHOSTUNREACH);
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, freeaddrinfo);
  Result<Fd> last = Error(ErrorKind::kUnavailable, "no address", EHOSTUNREACH);
  for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
    last = ConnectAddress(*address);
    if (last.ok()) break;
  }
  return last;
}

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
  Result<Fd> fd = host.is_unix ? ConnectUnix(host.path, SOCK_STREAM) : ConnectTcp(host);
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
