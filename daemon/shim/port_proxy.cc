#include "daemon/shim/port_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <utility>

#include "daemon/shim/tcp_proxy.h"
#include "daemon/shim/udp_proxy.h"

namespace buoy::shim {

namespace {

// 0 = not an address.
socklen_t ParseTarget(const PortForward& forward, struct sockaddr_storage* out) {
  auto* v4 = reinterpret_cast<struct sockaddr_in*>(out);
  auto* v6 = reinterpret_cast<struct sockaddr_in6*>(out);
  const auto port = htons(static_cast<uint16_t>(forward.port));
  if (inet_pton(AF_INET, forward.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, forward.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    return sizeof *v6;
  }
  return 0;
}

}  // namespace

std::string PortProxy::Open(const std::vector<PortForward>& forwards, std::vector<Fd> fds) {
  listeners_.clear();
  for (const PortForward& forward : forwards) {
    struct sockaddr_storage target = {};
    const socklen_t length = ParseTarget(forward, &target);
    if (forward.fd_index >= fds.size() || !fds[forward.fd_index]) return "port without a socket";
    if (length == 0) return "invalid container address " + forward.address;
    Fd fd = std::move(fds[forward.fd_index]);
    if (forward.udp) {
      listeners_.push_back(std::make_unique<UdpListener>(loop_, std::move(fd), target, length));
    } else {
      listeners_.push_back(std::make_unique<TcpListener>(loop_, std::move(fd), target, length));
    }
  }
  return "";
}

void PortProxy::Listen() {
  for (const auto& listener : listeners_) listener->Listen();
}

}  // namespace buoy::shim
