#include "daemon/network/network_plan.h"

#include <algorithm>
#include <optional>

#include "daemon/network/ipam.h"
#include "daemon/network/network.h"

namespace buoy::network {

namespace {

using net::IpAddress;
using net::IpPrefix;

std::string Family(bool ipv6) { return ipv6 ? "IPv6" : "IPv4"; }

void CheckRange(const IpPrefix& subnet, const std::string& text, std::vector<std::string>& errors) {
  if (text.empty()) return;
  auto range = IpPrefix::Parse(text);
  if (!range.ok()) {
    errors.push_back("invalid ip-range " + text + ": " + range.error().message());
    return;
  }
  const std::string prefix = "invalid ip-range " + text + ": ";
  if (range->address().is_v6() != subnet.address().is_v6()) {
    errors.push_back(prefix + "parent subnet is an " + Family(subnet.address().is_v6()) + " block");
    return;
  }
  if (range->length() < subnet.length()) {
    errors.push_back(prefix + "CIDR block is bigger than its parent subnet " + subnet.ToString());
  }
  if (*range != range->Masked()) {
    errors.push_back(prefix + "it should be " + range->Masked().ToString());
  }
  if (!subnet.Overlaps(*range)) {
    errors.push_back(prefix + "parent subnet " + subnet.ToString() + " doesn't contain ip-range");
  }
}

void CheckAddress(const IpPrefix& subnet, const std::string& what, const std::string& text,
                  std::vector<std::string>& errors) {
  if (text.empty()) return;
  auto address = IpAddress::Parse(text);
  if (!address) {
    errors.push_back(what + ": invalid address");
  } else if (address->is_v6() != subnet.address().is_v6()) {
    errors.push_back(what + ": parent subnet is an " + Family(subnet.address().is_v6()) + " block");
  } else if (!subnet.Contains(*address)) {
    errors.push_back(what + ": parent subnet " + subnet.ToString() +
                     " doesn't contain this address");
  }
}

Status CheckIpam(const std::vector<types::IpamConfig>& configs, bool ipv6) {
  std::vector<std::string> errors;
  for (const types::IpamConfig& config : configs) {
    if (config.subnet.empty()) {
      if (config.ip_range.empty() && config.gateway.empty() && config.aux_addresses.empty())
        continue;
      errors.push_back("invalid subnet : invalid CIDR block notation");
      continue;
    }
    auto subnet = IpPrefix::Parse(config.subnet);
    if (!subnet.ok()) {
      errors.push_back("invalid subnet " + config.subnet + ": invalid CIDR block notation");
      continue;
    }
    if (!ipv6 && subnet->address().is_v6()) continue;
    if (*subnet != subnet->Masked()) {
      errors.push_back("invalid subnet " + config.subnet + ": it should be " +
                       subnet->Masked().ToString());
    }
    CheckRange(*subnet, config.ip_range, errors);
    CheckAddress(*subnet, "invalid gateway " + config.gateway, config.gateway, errors);
    for (const auto& [name, address] : config.aux_addresses) {
      CheckAddress(*subnet, "invalid auxiliary address " + name, address, errors);
    }
  }
  if (errors.empty()) return Ok();
  std::string text = "invalid network config:";
  for (const std::string& error : errors) text += "\n" + error;
  return InvalidArgument(text);
}

// Fills a missing gateway: the first address that is free for automatic use.
Status ChooseGateway(types::IpamConfig& config) {
  if (!config.gateway.empty()) return Ok();
  BUOY_ASSIGN(IpPrefix subnet, IpPrefix::Parse(config.subnet));
  IpPrefix range;
  if (!config.ip_range.empty()) {
    BUOY_ASSIGN(range, IpPrefix::Parse(config.ip_range));
  }
  AddressPool pool(subnet, range);
  for (const auto& [name, text] : config.aux_addresses) {
    auto address = IpAddress::Parse(text);
    if (address && !pool.InUse(*address)) BUOY_TRY(pool.Take(*address));
  }
  BUOY_ASSIGN(IpAddress gateway, pool.TakeAny());
  config.gateway = gateway.ToString();
  return Ok();
}

// One IpamConfig completed; its subnet joins `taken`.
Status Complete(types::IpamConfig& config, bool ipv6, const PlanContext& context,
                std::vector<IpPrefix>& taken) {
  if (config.subnet.empty()) {
    std::vector<IpPrefix> all = taken;
    all.insert(all.end(), context.host.begin(), context.host.end());
    BUOY_ASSIGN(IpPrefix subnet, ChooseSubnet(context.pools, ipv6, all));
    config.subnet = subnet.ToString();
  }
  BUOY_ASSIGN(IpPrefix subnet, IpPrefix::Parse(config.subnet));
  for (const IpPrefix& other : taken) {
    if (other.Overlaps(subnet)) {
      return Forbidden("invalid pool request: Pool overlaps with other one on this address space");
    }
  }
  taken.push_back(subnet);
  return ChooseGateway(config);
}

bool IsV6(const types::IpamConfig& config) { return config.subnet.find(':') != std::string::npos; }

// The configs of the wanted families, completed; a family without one gets one.
Result<json::List<types::IpamConfig>> CompleteIpam(const std::vector<types::IpamConfig>& given,
                                                   bool ipv4, bool ipv6,
                                                   const PlanContext& context) {
  json::List<types::IpamConfig> configs = json::List<types::IpamConfig>::Empty();
  std::vector<IpPrefix> taken = context.networks;
  for (bool v6 : {false, true}) {
    if (v6 ? !ipv6 : !ipv4) continue;
    size_t before = configs.size();
    for (types::IpamConfig config : given) {
      if (IsV6(config) != v6) continue;
      BUOY_TRY(Complete(config, v6, context, taken));
      configs.push_back(std::move(config));
    }
    if (configs.size() != before) continue;
    types::IpamConfig config;
    BUOY_TRY(Complete(config, v6, context, taken));
    configs.push_back(std::move(config));
  }
  return configs;
}

Status CheckDriver(const std::string& driver) {
  if (driver == "bridge") return Ok();
  if (driver == "host" || driver == "null") {
    return Forbidden("only one instance of \"" + driver + "\" network is allowed");
  }
  if (driver == "overlay") {
    return Forbidden(
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to "
        "connect this node to swarm and try again.");
  }
  return NotFound("plugin \"" + driver + "\" not found");
}

Result<bool> Enabled(const std::optional<bool>& asked, const json::Map<std::string>& options,
                     const std::string& key, bool fallback) {
  if (asked) return *asked;
  auto option = options.find(key);
  if (option == options.end()) return fallback;
  if (option->second == "true" || option->second == "1") return true;
  if (option->second == "false" || option->second == "0") return false;
  return InvalidArgument("driver-opt \"" + key + "\" is not a valid bool");
}

types::NetworkResource NewResource(const std::string& name, const std::string& driver,
                                   const PlanContext& context) {
  types::NetworkResource resource;
  resource.name = name;
  resource.id = context.id;
  resource.created = context.created;
  resource.scope = "local";
  resource.driver = driver;
  resource.ipam.driver = "default";
  return resource;
}

}  // namespace

Result<types::NetworkResource> PlanNetwork(const types::NetworkCreateRequest& request,
                                           const PlanContext& context) {
  if (request.name.find_first_not_of(" \t\n") == std::string::npos) {
    return InvalidArgument("invalid name: name is empty");
  }
  if (IsPredefined(request.name)) {
    return Forbidden("operation is not permitted on predefined " + request.name + " network ");
  }
  types::NetworkResource resource =
      NewResource(request.name, request.driver.empty() ? "bridge" : request.driver, context);
  BUOY_TRY(CheckDriver(resource.driver));
  if (request.ingress) return Forbidden("Ingress network can only be global scope network");
  if (request.scope == "swarm") {
    return Forbidden("cannot create a swarm scoped network when swarm is not active");
  }
  BUOY_ASSIGN(resource.enable_ipv4, Enabled(request.enable_ipv4, request.options,
                                            "com.docker.network.enable_ipv4", true));
  BUOY_ASSIGN(resource.enable_ipv6, Enabled(request.enable_ipv6, request.options,
                                            "com.docker.network.enable_ipv6", false));
  if (!resource.enable_ipv4 && !resource.enable_ipv6) {
    return InvalidArgument("IPv4 or IPv6 must be enabled");
  }
  types::Ipam asked = request.ipam.value_or(types::Ipam{});
  if (!asked.driver.empty() && asked.driver != "default") {
    return NotFound("plugin \"" + asked.driver + "\" not found");
  }
  BUOY_TRY(CheckIpam(asked.config, resource.enable_ipv6));
  resource.ipam.options = asked.options;
  resource.internal = request.internal;
  resource.attachable = request.attachable;
  resource.config_only = request.config_only;
  for (const auto& [key, value] : request.options) resource.options[key] = value;
  for (const auto& [key, value] : request.labels) resource.labels[key] = value;
  BUOY_TRY(ParseBridgeConfig(resource));
  if (request.config_only) {
    resource.driver = "null";
    resource.ipam.config = asked.config;
    return resource;
  }
  BUOY_ASSIGN(resource.ipam.config,
              CompleteIpam(asked.config, resource.enable_ipv4, resource.enable_ipv6, context));
  return resource;
}

namespace {

// The address of the default bridge's device that decides its subnet, if any does.
IpPrefix SelectBridgeAddress(const std::vector<IpPrefix>& addresses, bool ipv6,
                             const IpPrefix& fixed) {
  IpPrefix chosen;
  for (const IpPrefix& address : addresses) {
    if (address.address().is_v6() != ipv6 || address.address().IsLinkLocal()) continue;
    if (fixed.valid() && address.Overlaps(fixed)) return address;
    if (!chosen.valid()) chosen = address;
  }
  return fixed.valid() ? IpPrefix() : chosen;
}

Result<types::IpamConfig> DefaultBridgeIpam(const Options& options, bool ipv6,
                                            const std::vector<IpPrefix>& addresses) {
  types::IpamConfig config;
  const std::string& bip = ipv6 ? options.bip6 : options.bip;
  const std::string& fixed_text = ipv6 ? options.fixed_cidr_v6 : options.fixed_cidr;
  const std::string& gateway = ipv6 ? options.default_gateway_v6 : options.default_gateway;
  IpPrefix fixed;
  if (!fixed_text.empty()) {
    BUOY_ASSIGN_CONTEXT(fixed, IpPrefix::Parse(fixed_text),
                        ipv6 ? "parse --fixed-cidr-v6 failed" : "parse --fixed-cidr failed");
  }
  IpPrefix address;
  if (!bip.empty()) {
    BUOY_ASSIGN_CONTEXT(address, IpPrefix::Parse(bip),
                        ipv6 ? "parse --bip6 failed" : "parse --bip failed");
  } else {
    address = SelectBridgeAddress(addresses, ipv6, fixed);
  }
  if (address.valid()) {
    config.subnet = address.Masked().ToString();
    config.gateway = address.address().ToString();
  }
  if (fixed.valid()) {
    config.ip_range = fixed.Masked().ToString();
    if (config.subnet.empty()) config.subnet = config.ip_range;
  }
  if (!gateway.empty()) {
    config.aux_addresses[ipv6 ? "DefaultGatewayIPv6" : "DefaultGatewayIPv4"] = gateway;
  }
  return config;
}

}  // namespace

Result<types::NetworkResource> PlanDefaultBridge(const Options& options,
                                                 const std::vector<IpPrefix>& addresses,
                                                 const PlanContext& context) {
  types::NetworkResource resource = NewResource("bridge", "bridge", context);
  auto text = [](bool value) { return std::string(value ? "true" : "false"); };
  const std::string prefix = kBridgeOption;
  resource.options[prefix + "default_bridge"] = "true";
  resource.options[prefix + "enable_icc"] = text(options.icc);
  resource.options[prefix + "enable_ip_masquerade"] = text(options.ip_masq);
  resource.options[prefix + "host_binding_ipv4"] =
      options.default_publish_ip.empty() ? "0.0.0.0" : options.default_publish_ip;
  resource.options[prefix + "name"] = options.bridge.empty() ? "docker0" : options.bridge;
  resource.options[kMtuOption] = std::to_string(options.mtu);
  resource.enable_ipv6 = options.ipv6;
  std::vector<types::IpamConfig> given;
  for (bool ipv6 : {false, true}) {
    if (ipv6 && !options.ipv6) continue;
    BUOY_ASSIGN(types::IpamConfig config, DefaultBridgeIpam(options, ipv6, addresses));
    if (!config.subnet.empty()) given.push_back(std::move(config));
  }
  BUOY_ASSIGN(resource.ipam.config, CompleteIpam(given, true, options.ipv6, context));
  return resource;
}

types::NetworkResource PlanPredefined(const std::string& name, const PlanContext& context) {
  return NewResource(name, name == "none" ? "null" : name, context);
}

}  // namespace buoy::network
