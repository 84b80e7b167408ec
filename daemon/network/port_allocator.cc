#include "daemon/network/port_allocator.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "common/unix/file.h"

namespace buoy::network {

namespace {

net::PortRange SystemRange() {
  auto text = ReadFile("/proc/sys/net/ipv4/ip_local_port_range");
  unsigned first = 0;
  unsigned last = 0;
  if (!text.ok() || sscanf(text->c_str(), "%u %u", &first, &last) != 2 || first == 0 ||
      last < first || last > 65535) {
    return {49153, 65535};
  }
  return {static_cast<uint16_t>(first), static_cast<uint16_t>(last)};
}

std::string Endpoint(const net::IpAddress& ip, uint16_t port) {
  const std::string address = ip.is_v6() ? "[" + ip.ToString() + "]" : ip.ToString();
  return address + ":" + std::to_string(port);
}

sockaddr_storage SocketAddress(const net::IpAddress& ip, uint16_t port, socklen_t& size) {
  sockaddr_storage storage{};
  if (ip.is_v4()) {
    auto* address = reinterpret_cast<sockaddr_in*>(&storage);
    address->sin_family = AF_INET;
    address->sin_port = htons(port);
    memcpy(&address->sin_addr, ip.data(), 4);
    size = sizeof *address;
  } else {
    auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    memcpy(&address->sin6_addr, ip.data(), 16);
    size = sizeof *address;
  }
  return storage;
}

// Drops everything that arrives: only a listening socket reserves a TCP port for sure, but nobody
// shall be accepted before the packet filter sends newcomers to the container.
Status DropAll(int socket) {
  sock_filter code = {BPF_RET | BPF_K, 0, 0, 0};
  sock_fprog program = {1, &code};
  if (setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    return ErrnoError("setsockopt SO_ATTACH_FILTER");
  }
  return Ok();
}

Status SetOptions(int socket, const std::string& proto, bool v6) {
  const int on = 1;
  if (proto == "tcp") setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (v6) setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (proto == "udp") {
    // A proxy has to answer from the address it was asked at.
    setsockopt(socket, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on,
               sizeof on);
  }
  return DropAll(socket);
}

// errno is in the error; the text is only its strerror.
Result<Fd> BindSocket(const std::string& proto, const net::IpAddress& ip, uint16_t port) {
  const int type = proto == "udp" ? SOCK_DGRAM : SOCK_STREAM;
  Fd fd(socket(ip.is_v4() ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, ProtocolNumber(proto)));
  if (!fd) return ErrnoError("socket");
  BUOY_TRY(SetOptions(fd.get(), proto, ip.is_v6()));
  socklen_t size = 0;
  sockaddr_storage address = SocketAddress(ip, port, size);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return ErrnoError("bind");
  if (type == SOCK_STREAM && listen(fd.get(), SOMAXCONN) != 0) return ErrnoError("listen");
  return fd;
}

std::string Strerror(const Error& error) {
  size_t colon = error.message().rfind(": ");
  return colon == std::string::npos ? error.message() : error.message().substr(colon + 2);
}

}  // namespace

PortAllocator::PortAllocator(net::PortRange dynamic)
    : dynamic_(dynamic.any() ? SystemRange() : dynamic) {}

bool PortAllocator::Allocated(const std::string& proto, const net::IpAddress& ip,
                              uint16_t port) const {
  auto found = taken_.find({proto, port});
  if (found == taken_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const net::IpAddress& other) {
    return other.is_v4() == ip.is_v4() &&
           (other == ip || other.IsUnspecified() || ip.IsUnspecified());
  });
}

Result<std::vector<BoundPort>> PortAllocator::TryPort(const PortGroup& group, uint16_t port) {
  const std::string& proto = group.container_port.proto;
  for (const auto& address : group.addresses) {
    if (Allocated(proto, address.host, port)) {
      return Internal("Bind for " + address.host.ToString() + ":" + std::to_string(port) +
                      " failed: port is already allocated");
    }
  }
  std::vector<BoundPort> bound;
  for (const auto& address : group.addresses) {
    auto socket = BindSocket(proto, address.host, port);
    if (!socket.ok()) {
      return Internal("failed to bind host port for " + Endpoint(address.host, port) + ":" +
                      Endpoint(address.container, group.container_port.number) + "/" + proto +
                      ": " + Strerror(socket.error()));
    }
    bound.push_back({proto, address.host, port, address.container, group.container_port.number,
                     std::move(*socket)});
  }
  for (const auto& address : group.addresses) taken_[{proto, port}].insert(address.host);
  return bound;
}

Result<std::vector<BoundPort>> PortAllocator::Bind(const PortGroup& group, uint16_t preferred) {
  const net::PortRange range = group.host_ports.any() ? dynamic_ : group.host_ports;
  if (range.single()) return TryPort(group, range.first);
  if (preferred >= range.first && preferred <= range.last) {
    auto bound = TryPort(group, preferred);
    if (bound.ok()) return bound;
  }
  // Random ports go round and round; a range the user gave starts at its beginning.
  uint16_t port = range.first;
  uint16_t& cursor = next_[group.container_port.proto];
  if (group.host_ports.any() && cursor >= range.first && cursor <= range.last) port = cursor;
  const int count = range.last - range.first + 1;
  int refusals = 0;
  Error last = Internal("all ports are allocated");
  for (int i = 0; i < count; ++i, port = port == range.last ? range.first : port + 1) {
    bool ours = std::any_of(group.addresses.begin(), group.addresses.end(), [&](const auto& a) {
      return Allocated(group.container_port.proto, a.host, port);
    });
    if (ours) continue;
    auto bound = TryPort(group, port);
    if (bound.ok()) {
      if (group.host_ports.any()) cursor = port == range.last ? range.first : port + 1;
      return bound;
    }
    last = bound.error();
    if (++refusals == 100) break;  // not a busy port but something that always fails
  }
  return last;
}

void PortAllocator::Adopt(const std::string& proto, const net::IpAddress& ip, uint16_t port) {
  taken_[{proto, port}].insert(ip);
}

void PortAllocator::Release(const std::string& proto, const net::IpAddress& ip, uint16_t port) {
  auto found = taken_.find({proto, port});
  if (found == taken_.end()) return;
  found->second.erase(ip);
  if (found->second.empty()) taken_.erase(found);
}

Status PortAllocator::Admit(const Fd& socket) {
  int ignored = 0;
  if (setsockopt(socket.get(), SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof ignored) != 0) {
    return ErrnoError("setsockopt SO_DETACH_FILTER");
  }
  return Ok();
}

}  // namespace buoy::network
