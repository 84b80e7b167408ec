#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"
#include "common/unix/fd.h"
#include "daemon/network/ports.h"

namespace buoy::network {

// One bound host port.
struct BoundPort {
  std::string proto;
  net::IpAddress host_ip;
  uint16_t host_port = 0;
  net::IpAddress container_ip;
  uint16_t container_port = 0;
  Fd socket;
};

// The host ports of this daemon: what is given to containers, and the sockets that prove it.
// Not thread-safe.
class PortAllocator {
 public:
  // Random ports come from [first, last] in turn; {0, 0} reads ip_local_port_range.
  explicit PortAllocator(net::PortRange dynamic = {});

  // Binds one host port of the group's range on all its addresses. `preferred` (0 = none) is tried
  // first when the range allows it. TCP sockets listen already, but drop everything until
  // Admit(). Errors (kInternal), Docker's texts:
  //   Bind for 0.0.0.0:80 failed: port is already allocated
  //   all ports are allocated
  //   failed to bind host port for 0.0.0.0:80:172.17.0.2:80/tcp: address already in use
  Result<std::vector<BoundPort>> Bind(const PortGroup& group, uint16_t preferred = 0);
  // Live restore: the shim holds the socket.
  void Adopt(const std::string& proto, const net::IpAddress& ip, uint16_t port);
  void Release(const std::string& proto, const net::IpAddress& ip, uint16_t port);

  // Lets a bound socket receive: the NAT rules are in place.
  static Status Admit(const Fd& socket);

 private:
  using Key = std::pair<std::string, uint16_t>;  // protocol, port
  bool Allocated(const std::string& proto, const net::IpAddress& ip, uint16_t port) const;
  Result<std::vector<BoundPort>> TryPort(const PortGroup& group, uint16_t port);

  net::PortRange dynamic_;
  std::map<std::string, uint16_t> next_;  // per protocol
  std::map<Key, std::set<net::IpAddress>> taken_;
};

}  // namespace buoy::network
