#include "daemon/network/network.h"

#include <algorithm>
#include <charconv>

namespace buoy::network {

namespace {

using net::IpAddress;
using net::IpPrefix;

Status ParseBool(const std::string& key, const std::string& text, bool& value) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) {
      value = true;
      return Ok();
    }
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) {
      value = false;
      return Ok();
    }
  }
  return InvalidArgument("invalid value for " + key + ": strconv.ParseBool: parsing \"" + text +
                         "\": invalid syntax");
}

Status ParseIp(const std::string& key, const std::string& text, IpAddress& value) {
  auto parsed = IpAddress::Parse(text);
  if (!parsed) return InvalidArgument("invalid value for " + key + ": " + text);
  value = *parsed;
  return Ok();
}

Status ParseMtu(const std::string& text, int& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return InvalidArgument("invalid MTU number: " + text);
  }
  return Ok();
}

Status ApplyOption(const std::string& key, const std::string& value, BridgeConfig& config) {
  const std::string bridge = kBridgeOption;
  if (key == kMtuOption) return ParseMtu(value, config.mtu);
  if (key == bridge + "name") config.interface = value;
  if (key == bridge + "enable_icc") return ParseBool(key, value, config.icc);
  if (key == bridge + "enable_ip_masquerade") return ParseBool(key, value, config.masquerade);
  if (key == bridge + "inhibit_ipv4") return ParseBool(key, value, config.inhibit_ipv4);
  if (key == bridge + "host_binding_ipv4") {
    BUOY_TRY(ParseIp(key, value, config.publish_ip));
    if (config.publish_ip.is_v4() && config.publish_ip.IsUnspecified()) config.publish_ip = {};
    return Ok();
  }
  if (key == "com.docker.network.host_ipv4") return ParseIp(key, value, config.snat4);
  if (key == "com.docker.network.host_ipv6") return ParseIp(key, value, config.snat6);
  if (key == "com.docker.network.container_iface_prefix") config.interface_prefix = value;
  return Ok();
}

}  // namespace

bool IsPredefined(const std::string& name) {
  return name == "bridge" || name == "host" || name == "none" || name == "default";
}

Result<BridgeConfig> ParseBridgeConfig(const types::NetworkResource& resource) {
  BridgeConfig config;
  for (const auto& [key, value] : resource.options) {
    BUOY_TRY(ApplyOption(key, value, config));
  }
  if (config.interface.empty()) config.interface = "br-" + resource.id.substr(0, 12);
  if (config.interface.size() > 15) {
    return InvalidArgument("invalid bridge name: " + config.interface);
  }
  config.user_managed = resource.name == "bridge" && config.interface != "docker0";
  return config;
}

Result<Network> Network::FromResource(types::NetworkResource resource) {
  Network network;
  if (resource.driver == "bridge") {
    BUOY_ASSIGN(network.bridge_, ParseBridgeConfig(resource));
  }
  for (const types::IpamConfig& config : resource.ipam.config) {
    BUOY_ASSIGN(IpPrefix subnet, IpPrefix::Parse(config.subnet));
    IpPrefix range;
    if (!config.ip_range.empty()) {
      BUOY_ASSIGN(range, IpPrefix::Parse(config.ip_range));
    }
    AddressPool pool(subnet, range);
    if (auto gateway = IpAddress::Parse(config.gateway)) {
      // A user may name the subnet's base address, which is never free: that is no conflict.
      if (!pool.InUse(*gateway)) BUOY_TRY(pool.Take(*gateway));
      network.gateways_.emplace_back(*gateway, subnet.length());
    }
    for (const auto& [name, text] : config.aux_addresses) {
      auto address = IpAddress::Parse(text);
      if (!address) return InvalidArgument("invalid auxiliary address " + name + ": " + text);
      if (!pool.InUse(*address)) BUOY_TRY(pool.Take(*address));
      if (name == "DefaultGatewayIPv4") network.default_gateway4_ = *address;
      if (name == "DefaultGatewayIPv6") network.default_gateway6_ = *address;
    }
    network.pools_.push_back(std::move(pool));
  }
  network.resource_ = std::move(resource);
  return network;
}

bool Network::predefined() const { return IsPredefined(name()); }

std::vector<IpPrefix> Network::Subnets() const {
  std::vector<IpPrefix> subnets;
  for (const AddressPool& pool : pools_) subnets.push_back(pool.subnet());
  return subnets;
}

IpAddress Network::ContainerGateway(bool ipv6) const {
  if (resource_.internal || !is_bridge()) return {};
  const IpAddress& configured = ipv6 ? default_gateway6_ : default_gateway4_;
  if (configured.valid()) return configured;
  for (const IpPrefix& gateway : gateways_) {
    if (gateway.address().is_v6() == ipv6) return gateway.address();
  }
  return {};
}

Result<Network::Allocation> Network::TakeAddress(bool ipv6, const IpAddress& exact,
                                                 const IpAddress& preferred,
                                                 const std::set<IpAddress>& avoid) {
  if (exact.valid()) {
    for (AddressPool& pool : pools_) {
      if (!pool.subnet().Contains(exact)) continue;
      BUOY_TRY(pool.Take(exact));
      return Allocation{exact, pool.subnet().length()};
    }
    return InvalidArgument("no configured subnet contains IP address " + exact.ToString());
  }
  for (AddressPool& pool : pools_) {
    if (preferred.valid() && preferred.is_v6() == ipv6 && pool.subnet().Contains(preferred) &&
        pool.range().Contains(preferred) && pool.Take(preferred).ok()) {
      return Allocation{preferred, pool.subnet().length()};
    }
  }
  for (AddressPool& pool : pools_) {
    if (pool.subnet().address().is_v6() != ipv6) continue;
    auto address = pool.TakeAny(avoid);
    if (address.ok()) return Allocation{*address, pool.subnet().length()};
  }
  return Internal(std::string("no available ") + (ipv6 ? "IPv6" : "IPv4") +
                  " addresses on this network's address pools: " + name() + " (" + id() + ")");
}

void Network::ReleaseAddress(const IpAddress& address) {
  for (AddressPool& pool : pools_) {
    if (pool.subnet().Contains(address)) pool.Release(address);
  }
}

}  // namespace buoy::network
