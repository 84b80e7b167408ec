#include "common/unix/tcp.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace buoy {

std::string TcpText(const sockaddr* address, socklen_t size) {
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (getnameinfo(address, size, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  const bool v6 = address->sa_family == AF_INET6;
  return (v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
}

Result<TcpAddress> ResolveListener(const std::string& host_port) {
  const size_t colon = host_port.rfind(':');
  if (colon == std::string::npos) {
    return Unavailable("listen tcp: address " + host_port + ": missing port in address");
  }
  std::string host = host_port.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo hints{}, *list = nullptr;
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  const int status = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                 host_port.c_str() + colon + 1, &hints, &list);
  if (status != 0) {
    return Unavailable("listen tcp: lookup " + host + ": " + gai_strerror(status));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
  const addrinfo* chosen = list;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    if (at->ai_family != AF_INET) continue;
    chosen = at;
    break;
  }
  TcpAddress address;
  memcpy(&address.storage, chosen->ai_addr, chosen->ai_addrlen);
  address.size = chosen->ai_addrlen;
  return address;
}

Result<Fd> ListenTcp(const TcpAddress& address, int backlog) {
  const int family = address.get()->sa_family;
  Fd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return ErrnoError("socket");
  const int on = 1, off = 0;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const auto failed = [&](const char* step) {
    const int number = errno;
    return ErrnoError("listen tcp " + TcpText(address.get(), address.size) + step, number);
  };
  if (bind(fd.get(), address.get(), address.size) != 0) return failed(": bind");
  if (listen(fd.get(), backlog) != 0) return failed("");
  return fd;
}

}  // namespace buoy
