#include "daemon/config/cross_checks.h"

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/net/ip.h"
#include "daemon/config/checks.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

// The same label twice is one label; two values for one name are an error.
Status CheckLabels(Settings& settings) {
  std::map<std::string, std::string> seen;
  List labels;
  for (const std::string& label : settings.GetList("labels")) {
    size_t equals = label.find('=');
    std::string name = label.substr(0, equals), value = label.substr(equals + 1);
    auto [place, first] = seen.emplace(name, value);
    if (first) {
      labels.push_back(label);
    } else if (place->second != value) {
      return InvalidArgument("conflict labels for " + name + "=" + value + " and " + name + "=" +
                             place->second);
    }
  }
  settings.Set("labels", std::move(labels), settings.SourceOf("labels"));
  return Ok();
}

Status CheckHostGateway(const Settings& settings) {
  bool have[2] = {false, false};
  for (const std::string& text : settings.GetList("host-gateway-ips")) {
    auto ip = net::IpAddress::Parse(text);
    if (!ip) continue;
    if (std::exchange(have[ip->is_v4()], true)) {
      return InvalidArgument(std::string("only one ") + (ip->is_v4() ? "IPv4" : "IPv6") +
                             " host gateway IP address can be specified");
    }
  }
  return Ok();
}

Status CheckBridge(const Settings& settings) {
  if (!settings.String("bridge").empty()) {
    for (const char* address : {"bip", "bip6"}) {
      if (settings.String(address).empty()) continue;
      return InvalidArgument("You specified -b & --" + std::string(address) +
                             ", mutually exclusive options. Please specify only one");
    }
  }
  if (settings.Bool("icc")) return Ok();
  if (!settings.Bool("iptables")) {
    return InvalidArgument(
        "You specified --iptables=false with --icc=false. ICC=false uses iptables to function. "
        "Please set --icc or --iptables to true");
  }
  if (settings.Bool("ipv6") && !settings.Bool("ip6tables")) {
    return InvalidArgument(
        "You specified --ip6tables=false with --icc=false. ICC=false uses ip6tables to function. "
        "Please set --icc or --ip6tables to true");
  }
  return Ok();
}

Status CheckRuntime(const std::string& name, const std::string& json_text) {
  auto json = nlohmann::json::parse(json_text);
  std::string what = "runtime " + name + ": ";
  bool path = json.contains("path"), type = json.contains("runtimeType");
  if (!path && !type) {
    return InvalidArgument(what + "either a runtimeType or a path must be configured");
  }
  if (path && type) {
    return InvalidArgument(what +
                           "cannot configure both path and runtimeType for the same runtime");
  }
  if (path && json.contains("options")) {
    return InvalidArgument(what + "options cannot be used with a path runtime");
  }
  if (type && json.contains("runtimeArgs")) {
    return InvalidArgument(what + "args cannot be used with a runtimeType runtime");
  }
  return Ok();
}

Status CheckRuntimes(const Settings& settings) {
  const Map& runtimes = settings.GetMap("runtimes");
  for (const auto& [name, json] : runtimes) {
    if (name == "runc") return InvalidArgument("runtime name 'runc' is reserved");
    BUOY_TRY(CheckRuntime(name, json));
  }
  const std::string& name = settings.String("default-runtime");
  if (name.empty() || IsBuiltInRuntime(name) || runtimes.contains(name)) return Ok();
  return InvalidArgument("specified default runtime '" + name + "' does not exist");
}

bool UsesSystemd(const Settings& settings) {
  for (const std::string& option : settings.GetList("exec-opts")) {
    if (option == "native.cgroupdriver=systemd") return true;
  }
  return false;
}

Status CheckCgroupParent(const Settings& settings) {
  const std::string& parent = settings.String("cgroup-parent");
  if (parent.empty() || !UsesSystemd(settings)) return Ok();
  if (parent.size() > 6 && parent.ends_with(".slice")) return Ok();
  return InvalidArgument(
      "cgroup-parent for systemd cgroup should be a valid slice named as \"xxx.slice\"");
}

// Without any host the default socket is listened on; doubled hosts are one.
Status NormalizeHosts(Settings& settings) {
  List given = settings.GetList("hosts");
  if (given.empty()) given.emplace_back();
  std::set<std::string> hosts;
  for (const std::string& host : given) {
    if (Trim(host).empty()) {
      hosts.insert(settings.Bool("tls") ? "tcp://localhost:2376" : "unix:///var/run/docker.sock");
      continue;
    }
    BUOY_ASSIGN(std::string normal, NormalizeHost(host));
    hosts.insert(std::move(normal));
  }
  settings.Set("hosts", List(hosts.begin(), hosts.end()), settings.SourceOf("hosts"));
  return Ok();
}

bool IsHostName(std::string_view host) {
  if (host.empty()) return false;
  for (const std::string& label : Split(host, '.')) {
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    for (unsigned char c : label) {
      if (std::isalnum(c) == 0 && c != '-') return false;
    }
  }
  return true;
}

// HOST[:PORT], with an IPv6 address bare or in brackets.
Status CheckHostPort(const std::string& text) {
  std::string host = text, port;
  bool bare_ipv6 = net::IpAddress::Parse(text).has_value();
  size_t colon = text.rfind(':');
  if (!bare_ipv6 && colon != std::string::npos && !text.ends_with(']')) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!IsHostName(host) && !net::IpAddress::Parse(host)) {
    return InvalidArgument("invalid host " + Quote(host));
  }
  if (port.empty()) return Ok();
  BUOY_ASSIGN(int64_t number, ParseInt(port, "Atoi", 10));
  if (number < 0 || number > 65535) return InvalidArgument("invalid port " + Quote(port));
  return Ok();
}

// Each is a network or HOST[:PORT]; a web scheme before it is dropped.
Status CheckInsecureRegistries(Settings& settings) {
  List registries = settings.GetList("insecure-registries");
  for (std::string& registry : registries) {
    for (const char* scheme : {"http://", "https://"}) {
      if (Lower(registry).starts_with(scheme)) registry.erase(0, std::string(scheme).size());
    }
    if (registry.find("://") != std::string::npos) {
      return InvalidArgument("insecure registry " + registry + " should not contain '://'");
    }
    if (net::IpPrefix::Parse(registry).ok()) continue;
    BUOY_TRY_CONTEXT(CheckHostPort(registry), "insecure registry " + registry + " is not valid");
  }
  settings.Set("insecure-registries", std::move(registries),
               settings.SourceOf("insecure-registries"));
  return Ok();
}

Error GenericResourceError(const std::string& text) {
  return InvalidArgument("could not parse GenericResource: " + text);
}

// One number, or any number of names, per kind.
Status CheckGenericResources(const Settings& settings) {
  std::map<std::string, List> kinds;
  for (const std::string& item : settings.GetList("node-generic-resources")) {
    const List parts = Split(item, '=');
    if (parts.size() != 2) {
      return GenericResourceError("incorrect term " + item +
                                  ", missing '=' or malformed expression");
    }
    kinds[Trim(parts[0])].push_back(Trim(parts[1]));
  }
  for (const auto& [kind, values] : kinds) {
    size_t numbers = 0;
    for (const std::string& value : values) {
      auto number = ParseInt(value, "ParseInt", 10);
      if (!number.ok()) continue;
      ++numbers;
      if (values.size() == 1 && *number < 0) {
        return GenericResourceError("cannot ask for negative resource " + kind);
      }
    }
    if (numbers == 0 || values.size() == 1) continue;
    return GenericResourceError("mixed discrete and named resources in expression '" + kind + "=[" +
                                Join(values, " ") + "]'");
  }
  return Ok();
}

Status CheckPools(const Settings& settings) {
  for (const std::string& pool : settings.GetList("default-address-pools")) {
    size_t comma = pool.find(",size=");
    std::string base = pool.substr(5, comma - 5);
    int64_t size = std::stoll(pool.substr(comma + 6));
    auto prefix = net::IpPrefix::Parse(base);
    if (!prefix.ok()) return InvalidArgument("invalid default address pool: base is missing");
    if (size < prefix->length() || size > prefix->address().bits()) {
      return InvalidArgument("invalid default address pool " + base + ": size " +
                             std::to_string(size) + " must be between " +
                             std::to_string(prefix->length()) + " and " +
                             std::to_string(prefix->address().bits()));
    }
  }
  return Ok();
}

}  // namespace

bool IsBuiltInRuntime(std::string_view name) {
  return name == "runc" || name == "crun" || name == "io.containerd.runc.v2";
}

Status CheckEachValue(Settings& settings) {
  BUOY_TRY(CheckGenericResources(settings));
  for (const Key& key : Keys()) {
    Value value = settings.Get(key.name);
    BUOY_TRY(CheckValue(key, value));
    settings.Set(key.name, std::move(value), settings.SourceOf(key.name));
  }
  return CheckHostGateway(settings);
}

Status CheckTogether(Settings& settings) {
  BUOY_TRY(NormalizeHosts(settings));
  BUOY_TRY(CheckLabels(settings));
  BUOY_TRY(CheckBridge(settings));
  BUOY_TRY(CheckRuntimes(settings));
  BUOY_TRY(CheckCgroupParent(settings));
  BUOY_TRY(CheckPools(settings));
  BUOY_TRY(CheckInsecureRegistries(settings));
  if (settings.String("containerd-namespace") == settings.String("containerd-plugin-namespace")) {
    return InvalidArgument("containers namespace and plugins namespace cannot be the same");
  }
  return Ok();
}

}  // namespace buoy::config
