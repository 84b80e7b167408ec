#include "daemon/network/bridge_device.h"

#include <algorithm>

#include "daemon/network/ids.h"
#include "daemon/network/sysctl.h"

namespace buoy::network {

namespace {

Result<Link> FindOrCreate(Netlink& netlink, const Network& network) {
  const BridgeConfig& config = network.bridge();
  auto link = netlink.GetLink(config.interface);
  if (link.ok()) {
    if (link->kind == "bridge") return link;
    return Conflict("existing interface " + config.interface + " is not a bridge");
  }
  if (link.error().kind() != ErrorKind::kNotFound) return link;
  if (config.user_managed) {
    return InvalidArgument("bridge device with non default name " + config.interface +
                           " must be created manually");
  }
  BUOY_TRY(netlink.CreateBridge(config.interface, *net::ParseMac(RandomMac()), config.mtu));
  return netlink.GetLink(config.interface);
}

bool Contains(const std::vector<net::IpPrefix>& list, const net::IpPrefix& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

Status SetAddresses(Netlink& netlink, const Network& network, int index) {
  BUOY_ASSIGN(std::vector<net::IpPrefix> present, netlink.Addresses(index));
  std::vector<net::IpPrefix> wanted = network.gateways();
  if (network.bridge().inhibit_ipv4) {
    std::erase_if(wanted, [](const net::IpPrefix& prefix) { return prefix.address().is_v4(); });
  }
  for (const net::IpPrefix& address : wanted) {
    if (!Contains(present, address)) BUOY_TRY(netlink.AddAddress(index, address));
  }
  if (network.bridge().user_managed) return Ok();
  for (const net::IpPrefix& address : present) {
    if (!Contains(wanted, address) && !address.address().IsLinkLocal()) {
      BUOY_TRY(netlink.DeleteAddress(index, address));
    }
  }
  return Ok();
}

}  // namespace

Result<int> EnsureBridge(Netlink& netlink, const Network& network, bool nat_ipv4) {
  const BridgeConfig& config = network.bridge();
  BUOY_ASSIGN(Link link, FindOrCreate(netlink, network));
  const std::string v4 = "net/ipv4/conf/" + config.interface + "/";
  const std::string v6 = "net/ipv6/conf/" + config.interface + "/";
  // The host reaches published ports at 127.0.0.1 through NAT; the packet filter keeps everybody
  // else away from 127/8.
  if (nat_ipv4) BUOY_TRY(SetSysctl(v4 + "route_localnet", "1"));
  if (KernelHasIpv6() && network.resource().enable_ipv6) {
    BUOY_TRY(SetSysctl(v6 + "disable_ipv6", "0"));
    BUOY_TRY(SetSysctl(v6 + "accept_ra", "0"));
  }
  if (!config.user_managed && config.mtu > 0 && link.mtu != config.mtu) {
    BUOY_TRY(netlink.SetMtu(link.index, config.mtu));
  }
  BUOY_TRY(SetAddresses(netlink, network, link.index));
  if (!link.up) BUOY_TRY(netlink.SetUp(link.index));
  return link.index;
}

Status RemoveBridge(Netlink& netlink, const Network& network) {
  if (network.bridge().user_managed) return Ok();
  return netlink.DeleteLink(network.bridge().interface);
}

Result<bool> EnableForwarding(bool ipv6) {
  BUOY_ASSIGN(bool changed, SetSysctl("net/ipv4/ip_forward", "1"));
  if (ipv6 && KernelHasIpv6()) {
    BUOY_TRY(SetSysctl("net/ipv6/conf/default/forwarding", "1"));
    BUOY_TRY(SetSysctl("net/ipv6/conf/all/forwarding", "1"));
  }
  return changed;
}

}  // namespace buoy::network
