#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"

struct nl_msg;
struct nl_sock;

namespace buoy::network {

struct Link {
  int index = 0;
  std::string name;
  std::string kind;  // "bridge", "veth", ...; "" for physical ones
  int master = 0;    // index of its bridge, 0 = none
  int mtu = 0;
  bool up = false;
  std::array<uint8_t, 6> mac{};
};

struct VethSpec {
  std::string host_name;
  int bridge = 0;  // index
  int mtu = 0;     // 0 = the kernel's
  std::string peer_name;
  std::array<uint8_t, 6> peer_mac{};
  int peer_netns = -1;  // descriptor
};

// A rtnetlink socket. It belongs to the network namespace of the thread that opened it, whichever
// thread uses it later. Not thread-safe. Errors carry the kernel's errno.
class Netlink {
 public:
  static Result<Netlink> Open();
  Netlink(Netlink&&) noexcept = default;
  Netlink& operator=(Netlink&&) noexcept = default;

  // NotFound when there is none.
  Result<Link> GetLink(const std::string& name);
  Result<std::vector<Link>> Links();
  // A bridge with a MAC address of its own keeps it whatever its ports are.
  Status CreateBridge(const std::string& name, const std::array<uint8_t, 6>& mac, int mtu);
  // Both ends, the bridge and "up" of the host's end in one message.
  Status CreateVeth(const VethSpec& spec);
  Status DeleteLink(const std::string& name);
  Status SetUp(int index);
  Status SetName(int index, const std::string& name);
  Status SetMtu(int index, int mtu);
  // Moves an interface into another namespace under another name.
  Status MoveLink(int index, int netns_fd, const std::string& name);
  // `isolated` bridge ports cannot talk to each other; `hairpin` lets a frame leave where it came
  // in.
  Status SetBridgePort(int index, bool isolated, bool hairpin);

  // A disabled port passes no frames: cheap, unlike deleting the interface.
  Status DisableBridgePort(const std::string& name);

  Result<std::vector<net::IpPrefix>> Addresses(int index);
  Status AddAddress(int index, const net::IpPrefix& address);
  Status DeleteAddress(int index, const net::IpPrefix& address);
  // Replaces the default route of the gateway's family.
  Status SetDefaultRoute(const net::IpAddress& gateway, int index);
  Status DeleteDefaultRoute(bool ipv6);
  // Destinations in the main table, default routes left out.
  Result<std::vector<net::IpPrefix>> RoutedPrefixes();

 private:
  struct Closer {
    void operator()(nl_sock* socket) const;
  };
  struct Request;
  explicit Netlink(nl_sock* socket) : socket_(socket) {}
  Status Send(Request& request, const std::string& what);
  template <class Visit>
  Status Dump(Request& request, Visit visit);
  Status SetLinkFlags(int index, unsigned flags, const std::string& what);

  std::unique_ptr<nl_sock, Closer> socket_;
};

}  // namespace buoy::network
