#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"
#include "daemon/network/options.h"

// Address management as values: no kernel, no database.
namespace buoy::network {

// The addresses of one subnet.
class AddressPool {
 public:
  // `range`, when valid, is the part from which addresses are chosen automatically.
  explicit AddressPool(net::IpPrefix subnet, net::IpPrefix range = {});

  const net::IpPrefix& subnet() const { return subnet_; }
  const net::IpPrefix& range() const { return range_; }
  bool InUse(const net::IpAddress& address) const { return used_.contains(address); }

  // Takes exactly this address. Conflict "Address already in use", InvalidArgument when it is
  // outside the subnet.
  Status Take(const net::IpAddress& address);
  // Takes the lowest free address; `avoid` is only touched when nothing else is left.
  // "no available IPv4 addresses on this network's address pools: NAME (ID)" is the caller's text.
  Result<net::IpAddress> TakeAny(const std::set<net::IpAddress>& avoid = {});
  void Release(const net::IpAddress& address) { used_.erase(address); }

 private:
  std::optional<net::IpAddress> LowestFree(const std::set<net::IpAddress>& avoid) const;
  net::IpPrefix subnet_;
  net::IpPrefix range_;
  std::set<net::IpAddress> used_;
};

// The pools Docker cuts user-defined networks from; `ula` is the host's own IPv6 /48.
std::vector<AddressPoolOption> DefaultAddressPools(const net::IpPrefix& ula);
// fdXX:XXXX:XXXX::/48 derived from something stable of this host (its machine id).
net::IpPrefix UlaPrefix(const std::string& machine_id);

// The first subnet of `pools` with the family that overlaps none of `taken`.
// InvalidArgument "all predefined address pools have been fully subnetted".
Result<net::IpPrefix> ChooseSubnet(const std::vector<AddressPoolOption>& pools, bool ipv6,
                                   const std::vector<net::IpPrefix>& taken);

}  // namespace buoy::network
