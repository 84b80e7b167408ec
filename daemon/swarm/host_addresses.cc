#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstring>

#include "common/unix/file.h"
#include "daemon/swarm/addresses.h"

namespace buoy::swarm {
namespace {

net::IpAddress AddressOf(const sockaddr* address) {
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    memcpy(&v4, address, sizeof v4);
    return net::IpAddress::V4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    std::array<uint8_t, 16> bytes;
    memcpy(bytes.data(), reinterpret_cast<const char*>(address) + offsetof(sockaddr_in6, sin6_addr),
           bytes.size());
    return net::IpAddress::V6(bytes);
  }
  return {};
}

}  // namespace

std::vector<HostAddress> ListHostAddresses() {
  std::vector<HostAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    HostAddress address;
    address.interface = entry->ifa_name;
    address.address = AddressOf(entry->ifa_addr);
    address.up = (entry->ifa_flags & IFF_UP) != 0;
    address.device = PathExists("/sys/class/net/" + address.interface + "/device");
    found.push_back(std::move(address));
  }
  freeifaddrs(list);
  return found;
}

}  // namespace buoy::swarm
