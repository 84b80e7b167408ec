#include "daemon/network/endpoint_check.h"

#include <algorithm>

namespace buoy::network {

namespace {

using net::IpAddress;

void CheckAddress(const std::string& text, bool ipv6, std::vector<std::string>& errors) {
  if (text.empty()) return;
  auto address = IpAddress::Parse(text);
  if (!address || address->is_v6() != ipv6 || address->IsUnspecified()) {
    errors.push_back(std::string("invalid ") + (ipv6 ? "IPv6" : "IPv4") + " address: " + text);
  }
}

void CheckInRange(const std::string& text, const Network& network,
                  std::vector<std::string>& errors) {
  auto address = IpAddress::Parse(text);
  if (!address || !network.is_bridge()) return;
  const std::vector<net::IpPrefix> subnets = network.Subnets();
  bool inside = std::any_of(subnets.begin(), subnets.end(),
                            [&](const net::IpPrefix& subnet) { return subnet.Contains(*address); });
  if (!inside) {
    errors.push_back("no configured subnet or ip-range contain the IP address " + text);
  }
}

// "net.ipv4.conf.IFNAME.log_martians=1"
bool IsInterfaceSysctl(const std::string& setting) {
  std::vector<std::string> parts;
  size_t from = 0;
  while (parts.size() < 4) {
    size_t dot = setting.find('.', from);
    if (dot == std::string::npos) return false;
    parts.push_back(setting.substr(from, dot - from));
    from = dot + 1;
  }
  return (parts[1] == "ipv4" || parts[1] == "ipv6" || parts[1] == "mpls") &&
         (parts[3] == "IFNAME" || parts[3] == "ifname");
}

void CheckSysctls(const types::EndpointSettings& wish, std::vector<std::string>& errors) {
  auto option = wish.driver_opts.find(kEndpointSysctls);
  if (option == wish.driver_opts.end()) return;
  for (const std::string& setting : SplitComma(option->second)) {
    if (IsInterfaceSysctl(setting)) continue;
    errors.push_back("unrecognised network interface sysctl '" + setting +
                     "'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be "
                     "'ipv4', 'ipv6' or 'mpls'");
  }
}

}  // namespace

bool IsUserDefined(const std::string& network_mode) {
  return !network_mode.empty() && !IsPredefined(network_mode) &&
         !network_mode.starts_with("container:");
}

std::string JoinErrors(const std::vector<std::string>& errors) {
  if (errors.size() == 1) return errors.front();
  std::string joined;
  for (const std::string& error : errors) {
    joined += joined.empty() ? "* " : "\n* ";
    for (char c : error) joined += c == '\n' ? std::string("\n\t") : std::string(1, c);
  }
  return joined;
}

std::vector<std::string> SplitComma(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t from = 0; !text.empty() && from <= text.size();) {
    size_t comma = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

Status CheckEndpoint(const types::EndpointSettings& wish, const std::string& network_name,
                     const Network* network) {
  std::vector<std::string> errors;
  const types::EndpointIpamConfig ipam = wish.ipam_config.value_or(types::EndpointIpamConfig{});
  if (!IsUserDefined(network_name)) {
    if (!ipam.ipv4_address.empty() || !ipam.ipv6_address.empty()) {
      errors.push_back("user specified IP address is supported on user defined networks only");
    }
    if (!wish.aliases.empty()) {
      errors.push_back(
          "network-scoped alias is supported only for containers in user defined networks");
    }
  }
  CheckAddress(ipam.ipv4_address, false, errors);
  CheckAddress(ipam.ipv6_address, true, errors);
  for (const std::string& text : ipam.link_local_ips) {
    auto address = IpAddress::Parse(text);
    if (!address || address->IsUnspecified()) {
      errors.push_back("invalid link-local IP address: " + text);
    }
  }
  if (network != nullptr) {
    CheckInRange(ipam.ipv4_address, *network, errors);
    CheckInRange(ipam.ipv6_address, *network, errors);
  }
  if (!wish.mac_address.empty() && !net::ParseMac(wish.mac_address)) {
    return InvalidArgument("invalid MAC address " + wish.mac_address);
  }
  CheckSysctls(wish, errors);
  if (errors.empty()) return Ok();
  return InvalidArgument("invalid endpoint settings:\n" + JoinErrors(errors));
}

json::List<std::string> EndpointNames(const std::string& container_name,
                                      const json::List<std::string>& aliases,
                                      const std::string& container_id,
                                      const std::string& hostname) {
  json::List<std::string> names = json::List<std::string>::Empty();
  auto add = [&](const std::string& name) {
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
    names.push_back(name);
  };
  add(container_name);
  for (const std::string& alias : aliases) add(alias);
  add(container_id.substr(0, 12));
  add(hostname);
  return names;
}

void ClearFacts(types::EndpointSettings& settings) {
  settings.endpoint_id.clear();
  settings.gateway.clear();
  settings.ip_address.clear();
  settings.ip_prefix_len = 0;
  settings.ipv6_gateway.clear();
  settings.global_ipv6_address.clear();
  settings.global_ipv6_prefix_len = 0;
}

}  // namespace buoy::network
