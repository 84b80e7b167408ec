#include "daemon/network/container_link.h"

#include <algorithm>

#include "common/unix/netns.h"
#include "daemon/network/sysctl.h"

namespace buoy::network {

namespace {

// With br_netfilter the packet filter sees bridged frames too, and a container that reaches its own
// published port needs its frame back on the port it came from.
bool BridgeCallsNetfilter() {
  auto value = ReadSysctl("net/bridge/bridge-nf-call-iptables");
  return value.ok() && *value == "1";
}

Status ApplyLinkSysctl(const ContainerLink& link, const std::string& setting) {
  size_t equals = setting.find('=');
  std::string key = setting.substr(0, equals);
  for (const char* placeholder : {"IFNAME", "ifname"}) {
    size_t at = key.find(placeholder);
    if (at != std::string::npos) key.replace(at, 6, link.name);
  }
  std::replace(key.begin(), key.end(), '.', '/');
  const std::string value = equals == std::string::npos ? "" : setting.substr(equals + 1);
  BUOY_TRY_CONTEXT(SetSysctl(key, value), "failed to set sysctl " + setting);
  return Ok();
}

Status ConfigureLink(Netlink& netlink, const ContainerLink& link) {
  BUOY_ASSIGN(Link found, netlink.GetLink(link.name));
  const bool ipv6 = std::any_of(link.addresses.begin(), link.addresses.end(),
                                [](const net::IpPrefix& a) { return a.address().is_v6(); });
  // A network without IPv6 gives its containers no link-local address either.
  if (KernelHasIpv6()) {
    BUOY_TRY(SetSysctl("net/ipv6/conf/" + link.name + "/disable_ipv6", ipv6 ? "0" : "1"));
  }
  for (const std::string& setting : link.sysctls) BUOY_TRY(ApplyLinkSysctl(link, setting));
  for (const net::IpPrefix& address : link.addresses) {
    BUOY_TRY(netlink.AddAddress(found.index, address));
  }
  return netlink.SetUp(found.index);
}

Status SetGateway(Netlink& netlink, const net::IpAddress& gateway, const std::string& interface,
                  bool ipv6) {
  if (!gateway.valid()) {
    return ipv6 && !KernelHasIpv6() ? Ok() : netlink.DeleteDefaultRoute(ipv6);
  }
  BUOY_ASSIGN(Link link, netlink.GetLink(interface));
  return netlink.SetDefaultRoute(gateway, link.index);
}

}  // namespace

Status AttachLink(Netlink& netlink, int netns_fd, const ContainerLink& link) {
  auto mac = net::ParseMac(link.mac);
  if (!mac) return InvalidArgument("invalid MAC address: " + link.mac);
  BUOY_TRY(netlink.CreateVeth({link.host_name, link.bridge, link.mtu, link.name, *mac, netns_fd}));
  const bool hairpin = BridgeCallsNetfilter();
  if (!link.isolated && !hairpin) return Ok();
  BUOY_ASSIGN(Link host, netlink.GetLink(link.host_name));
  return netlink.SetBridgePort(host.index, link.isolated, hairpin);
}

Status ConfigureNamespace(int netns_fd, const std::vector<ContainerLink>& links,
                          const Gateways& gateways) {
  return RunInNetns(netns_fd, [&]() -> Status {
    BUOY_ASSIGN(Netlink netlink, Netlink::Open());
    BUOY_TRY(netlink.SetUp(1));  // lo is always the first
    for (const ContainerLink& link : links) BUOY_TRY(ConfigureLink(netlink, link));
    BUOY_TRY(SetGateway(netlink, gateways.ipv4, gateways.interface4, false));
    return SetGateway(netlink, gateways.ipv6, gateways.interface6, true);
  });
}

}  // namespace buoy::network
