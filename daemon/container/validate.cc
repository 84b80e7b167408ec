#include "daemon/container/validate.h"

#include <algorithm>
#include <string_view>

#include "common/gotime/duration.h"
#include "common/net/ip.h"
#include "common/net/port.h"
#include "common/unix/pipe_size.h"
#include "daemon/container/signals.h"
#include "daemon/oci/mounts.h"

namespace buoy::container {
namespace {

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

Status ValidateContainerNetwork(const types::ContainerConfig& config,
                                const types::HostConfig& host) {
  if (ContainerOfMode(host.network_mode).empty()) {
    return InvalidArgument("invalid network mode: invalid container format container:<name|id>");
  }
  if (!config.hostname.empty()) {
    return InvalidArgument("conflicting options: hostname and the network mode");
  }
  if (!host.links.empty()) {
    return InvalidArgument(
        "conflicting options: container type network can't be used with links. This would result "
        "in undefined behavior");
  }
  if (!host.dns.empty()) return InvalidArgument("conflicting options: dns and the network mode");
  if (!host.extra_hosts.empty()) {
    return InvalidArgument("conflicting options: custom host-to-IP mapping and the network mode");
  }
  if (!host.port_bindings.empty() || host.publish_all_ports) {
    return InvalidArgument(
        "conflicting options: port publishing and the container type network mode");
  }
  if (!config.exposed_ports.empty()) {
    return InvalidArgument(
        "conflicting options: port exposing and the container type network mode");
  }
  return Ok();
}

Status AtLeastMillisecond(int64_t duration, const char* what) {
  if (duration == 0 || duration >= gotime::kMillisecond) return Ok();
  return InvalidArgument(std::string(what) + " in Healthcheck cannot be less than 1ms");
}

Status ValidateHealth(const types::HealthConfig& health) {
  BUOY_TRY(AtLeastMillisecond(health.interval, "Interval"));
  BUOY_TRY(AtLeastMillisecond(health.timeout, "Timeout"));
  if (health.retries < 0) {
    return InvalidArgument("Retries in Healthcheck cannot be negative");
  }
  BUOY_TRY(AtLeastMillisecond(health.start_period, "StartPeriod"));
  return AtLeastMillisecond(health.start_interval, "StartInterval");
}

Status ValidateExtraHost(const std::string& entry) {
  size_t colon = entry.find(':');
  if (colon == std::string::npos || colon == 0) {
    return InvalidArgument("bad format for add-host: " + Quoted(entry));
  }
  std::string ip = entry.substr(colon + 1);
  if (ip == "host-gateway" || net::IpAddress::Parse(ip)) return Ok();
  return InvalidArgument("invalid IP address in add-host: " + Quoted(ip));
}

Status ValidatePorts(const types::PortMap& ports) {
  for (const auto& [port, bindings] : ports) {
    auto parsed = net::Port::Parse(port);
    if (!parsed.ok() || parsed->number == 0) {
      return InvalidArgument("invalid port specification: " +
                             Quoted(port.substr(0, port.find('/'))));
    }
    for (const auto& binding : bindings) {
      if (binding.host_port.empty()) continue;
      if (!net::PortRange::Parse(binding.host_port).ok()) {
        return InvalidArgument("invalid port specification: " + Quoted(binding.host_port));
      }
    }
  }
  return Ok();
}

}  // namespace

bool IsContainerMode(const std::string& mode) { return mode.rfind("container:", 0) == 0; }

std::string ContainerOfMode(const std::string& mode) {
  return IsContainerMode(mode) ? mode.substr(10) : "";
}

bool IsUserDefinedNetwork(const std::string& mode) {
  return !mode.empty() && mode != "default" && mode != "bridge" && mode != "host" &&
         mode != "none" && !IsContainerMode(mode);
}

Status ValidateCombination(const types::ContainerConfig& config, const types::HostConfig& host) {
  if (host.network_mode == "container" || IsContainerMode(host.network_mode)) {
    BUOY_TRY(ValidateContainerNetwork(config, host));
  }
  if (host.uts_mode == "host" && !config.hostname.empty()) {
    return InvalidArgument("conflicting options: hostname and the UTS mode");
  }
  if (host.network_mode == "host" && !host.links.empty()) {
    return InvalidArgument(
        "conflicting options: host type networking can't be used with links. This would result in "
        "undefined behavior");
  }
  if (!host.isolation.empty() && host.isolation != "default") {
    return InvalidArgument("invalid isolation (" + host.isolation +
                           "): linux only supports 'default'");
  }
  if (host.resources.io_maximum_bandwidth != 0) {
    return InvalidArgument(
        "invalid option: QoS maximum bandwidth configuration is not supported on linux");
  }
  if (host.resources.io_maximum_iops != 0) {
    return InvalidArgument(
        "invalid option: QoS maximum IOPs configuration is not supported on linux");
  }
  if (host.resources.cpu_shares < 0) {
    return InvalidArgument("invalid CPU shares (" + std::to_string(host.resources.cpu_shares) +
                           "): value must be a positive integer");
  }
  return Ok();
}

Status ValidateConfig(types::ContainerConfig& config) {
  if (!config.working_dir.empty()) {
    if (config.working_dir.front() != '/') {
      return InvalidArgument("the working directory '" + config.working_dir +
                             "' is invalid, it needs to be an absolute path");
    }
    config.working_dir = CleanPath(config.working_dir);
  }
  if (!config.stop_signal.empty()) BUOY_TRY(ParseSignal(config.stop_signal));
  for (const auto& env : config.env) {
    if (env.empty() || env.front() == '=') {
      return InvalidArgument("invalid environment variable: " + env);
    }
  }
  return config.healthcheck ? ValidateHealth(*config.healthcheck) : Ok();
}

Status ValidateHostConfig(const types::HostConfig& host) {
  if (host.auto_remove && !host.restart_policy.name.empty() && host.restart_policy.name != "no") {
    return InvalidArgument("can't create 'AutoRemove' container with restart policy");
  }
  for (const auto& mount : host.mounts) BUOY_TRY(oci::ValidateMount(mount));
  for (const auto& entry : host.extra_hosts) BUOY_TRY(ValidateExtraHost(entry));
  BUOY_TRY(ValidatePorts(host.port_bindings));
  BUOY_TRY(ValidateRestartPolicy(host.restart_policy));
  if (host.annotations.contains("")) {
    return InvalidArgument(
        "invalid Annotations: the empty string is not permitted as an annotation key");
  }
  BUOY_TRY(StdioBufferSize(host, 0));
  return Ok();
}

Result<int64_t> StdioBufferSize(const types::HostConfig& host, int64_t fallback) {
  const auto found = host.annotations.find(kStdioBufferAnnotation);
  if (found == host.annotations.end()) return fallback;
  const std::string what = std::string("annotation ") + kStdioBufferAnnotation;
  BUOY_ASSIGN_CONTEXT(const int64_t size, ParseSize(found->second, false), "invalid " + what);
  BUOY_TRY(CheckPipeSize(what.c_str(), size));
  return size;
}

Status ValidateRestartPolicy(const types::RestartPolicy& policy) {
  if (policy.name.empty()) return Ok();
  if (policy.name == "on-failure") {
    if (policy.maximum_retry_count >= 0) return Ok();
    return InvalidArgument("invalid restart policy: maximum retry count cannot be negative");
  }
  if (policy.name == "no" || policy.name == "always" || policy.name == "unless-stopped") {
    if (policy.maximum_retry_count == 0) return Ok();
    return InvalidArgument(
        std::string("invalid restart policy: maximum retry count can only be used with "
                    "'on-failure'") +
        (policy.maximum_retry_count < 0 ? " and cannot be negative" : ""));
  }
  return InvalidArgument("invalid restart policy: unknown policy '" + policy.name +
                         "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
}

Result<Link> ParseLink(const std::string& text) {
  if (text.empty()) return InvalidArgument("empty string specified for links");
  const auto parts = std::count(text.begin(), text.end(), ':') + 1;
  if (parts > 2) return InvalidArgument("bad format for links: " + text);
  size_t colon = text.find(':');
  if (colon == std::string::npos) return Link{text, text};
  Link link{text.substr(0, colon), text.substr(colon + 1)};
  // Docker's internal form "/name:/parent/alias", as its inspect shows it.
  if (!link.name.empty() && link.name.front() == '/') {
    link.name.erase(0, 1);
    link.alias = link.alias.substr(link.alias.rfind('/') + 1);
  }
  return link;
}

std::string CleanPath(const std::string& path) {
  std::vector<std::string_view> parts;
  std::string_view rest = path;
  while (!rest.empty()) {
    size_t slash = rest.find('/');
    std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
      continue;
    }
    parts.push_back(part);
  }
  std::string clean;
  for (std::string_view part : parts) clean.append("/").append(part);
  return clean.empty() ? "/" : clean;
}

}  // namespace buoy::container
