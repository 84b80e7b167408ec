#include "cli/command/container/create_options.h"

#include <algorithm>

#include "cli/flags/quote.h"
#include "cli/formatter/value.h"
#include "cli/opts/devices.h"
#include "cli/opts/env_file.h"
#include "cli/opts/ports.h"
#include "cli/opts/text.h"
#include "cli/opts/ulimit.h"
#include "cli/opts/validate.h"
#include "cli/opts/volume.h"
#include "cli/opts/volume_path.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

// Sets a list only when there is something in it: Go sends null otherwise.
void Assign(json::List<std::string>& to, const std::vector<std::string>& from) {
  if (!from.empty()) to = from;
}

void AssignMap(json::Map<std::string>& to, std::map<std::string, std::string> from) {
  to = json::Map<std::string>(std::move(from));
  to.is_null = false;
}

bool Has(const std::vector<std::string>& list, const char* value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// "", host, and what `others` allows.
bool ValidMode(const std::string& mode, std::initializer_list<const char*> others) {
  if (mode.empty() || mode == "host") return true;
  return std::any_of(others.begin(), others.end(),
                     [&](const char* other) { return mode == other; });
}

// A file of a seccomp profile becomes its contents.
Result<std::string> ReadSeccomp(const std::string& value) {
  if (value == "builtin" || value == "unconfined") return "seccomp=" + value;
  auto text = ReadFile(value);
  if (!text.ok()) {
    return InvalidArgument("opening seccomp profile (" + value +
                           ") failed: " + text.error().message());
  }
  if (auto parsed = Value::Parse(*text); !parsed.ok()) {
    return InvalidArgument("compacting json for seccomp profile (" + value +
                           ") failed: " + parsed.error().message());
  }
  return "seccomp=" + CompactJson(*text);
}

}  // namespace

Result<types::ContainerCreateRequest> ContainerOptions::ToRequest(
    const FlagSet& flags, const std::vector<std::string>& args) {
  if (!mac_.empty() && !opts::IsMacAddress(mac_)) {
    return InvalidArgument(mac_ + " is not a valid mac address");
  }
  if (swappiness_ != -1 && (swappiness_ < 0 || swappiness_ > 100)) {
    return InvalidArgument("invalid value: " + std::to_string(swappiness_) +
                           ". Valid memory swappiness range is 0-100");
  }
  BUOY_TRY(FillVolumes());
  BUOY_TRY(FillPorts());
  BUOY_TRY(FillDevices());
  BUOY_TRY(FillConfig(flags, args));
  BUOY_TRY(FillModes());
  BUOY_TRY(FillSecurity());
  BUOY_TRY(FillHealth());
  BUOY_TRY(FillHostConfig(flags));
  BUOY_TRY(FillNetworks());
  return std::move(request_);
}

Status ContainerOptions::FillConfig(const FlagSet& flags, const std::vector<std::string>& args) {
  types::ContainerConfig& config = request_.config;
  config.attach_stdin = config.open_stdin || Has(attach_, "stdin");
  config.attach_stdout = attach_.empty() || Has(attach_, "stdout");
  config.attach_stderr = attach_.empty() || Has(attach_, "stderr");
  // In attached mode stdin ends with the client.
  config.stdin_once = config.open_stdin && config.attach_stdin;
  config.image = args[0];
  if (args.size() > 1) config.cmd = std::vector<std::string>(args.begin() + 1, args.end());
  if (flags.Changed("entrypoint")) config.entrypoint = std::vector<std::string>{entrypoint_};
  config.mac_address = mac_;
  BUOY_ASSIGN(auto env, opts::ReadEnv(env_files_, env_));
  Assign(config.env, env);
  BUOY_ASSIGN(auto labels, opts::ReadLabels(label_files_, labels_));
  AssignMap(config.labels, opts::ToMap(labels));
  if (flags.Changed("stop-timeout")) config.stop_timeout = static_cast<int>(stop_timeout_);
  return Ok();
}

Status ContainerOptions::FillVolumes() {
  types::HostConfig& host = request_.host_config;
  request_.config.volumes.is_null = false;
  std::vector<std::string> seen;
  for (const std::string& bind : volumes_) {
    if (Has(seen, bind.c_str())) continue;
    seen.push_back(bind);
    BUOY_ASSIGN(opts::VolumeSpec spec, opts::ParseVolume(bind));
    if (spec.source.empty()) {
      request_.config.volumes.insert(bind);
      continue;
    }
    opts::CutResult cut = opts::Cut(bind, ':');
    bool relative = spec.bind && cut.found && cut.before.starts_with('.');
    host.binds.push_back(relative ? opts::AbsolutePath(cut.before) + ":" + cut.after : bind);
  }
  for (const std::string& entry : tmpfs_) {
    opts::CutResult cut = opts::Cut(entry, ':');
    host.tmpfs[cut.before] = cut.after;
  }
  return Ok();
}

Status ContainerOptions::FillPorts() {
  BUOY_ASSIGN(opts::PublishedPorts ports, opts::ParsePublished(publish_));
  for (const std::string& spec : expose_) BUOY_TRY(opts::AddExposed(spec, ports.exposed));
  request_.config.exposed_ports = std::move(ports.exposed);
  request_.host_config.port_bindings = std::move(ports.bindings);
  return Ok();
}

Status ContainerOptions::FillDevices() {
  types::Resources& resources = request_.host_config.resources;
  std::vector<std::string> cdi;
  resources.devices.is_null = false;
  for (const std::string& device : devices_) {
    if (opts::IsCdiName(device)) {
      cdi.push_back(device);
      continue;
    }
    BUOY_ASSIGN(types::DeviceMapping mapping, opts::ParseDevice(device));
    resources.devices.push_back(std::move(mapping));
  }
  if (!cdi.empty()) {
    types::DeviceRequest request;
    request.driver = "cdi";
    request.device_ids = cdi;
    resources.device_requests.push_back(std::move(request));
  }
  Assign(resources.device_cgroup_rules, device_rules_);
  return Ok();
}

Status ContainerOptions::FillModes() {
  types::HostConfig& host = request_.host_config;
  bool pid = host.pid_mode.starts_with("container:") && host.pid_mode.size() > 10;
  if (!pid && !ValidMode(host.pid_mode, {})) return InvalidArgument("--pid: invalid PID mode");
  if (!ValidMode(host.uts_mode, {})) return InvalidArgument("--uts: invalid UTS mode");
  if (!ValidMode(host.userns_mode, {})) return InvalidArgument("--userns: invalid USER mode");
  if (!ValidMode(host.cgroupns_mode, {"private"})) {
    return InvalidArgument("--cgroupns: invalid CGROUP mode");
  }
  BUOY_ASSIGN(host.restart_policy, opts::ParseRestartPolicy(restart_));
  if (host.log_config.type == "none" && !log_opts_.empty()) {
    return InvalidArgument("invalid logging opts for driver none");
  }
  AssignMap(host.log_config.config, opts::ToMap(log_opts_));
  return Ok();
}

Status ContainerOptions::FillSecurity() {
  types::HostConfig& host = request_.host_config;
  for (const std::string& option : security_opts_) {
    opts::CutResult cut = opts::Cut(option, '=');
    if (!cut.found && cut.before != "no-new-privileges") cut = opts::Cut(option, ':');
    if ((!cut.found || cut.after.empty()) && cut.before != "no-new-privileges") {
      return InvalidArgument("Invalid --security-opt: " + Quote(option));
    }
    if (option == "systempaths=unconfined") {
      host.masked_paths = json::List<std::string>::Empty();
      host.readonly_paths = json::List<std::string>::Empty();
    } else if (cut.before == "seccomp") {
      BUOY_ASSIGN(std::string profile, ReadSeccomp(cut.after));
      host.security_opt.push_back(profile);
    } else {
      host.security_opt.push_back(option);
    }
  }
  for (const std::string& option : storage_opts_) {
    opts::CutResult cut = opts::Cut(option, '=');
    if (!cut.found) return InvalidArgument("invalid storage option");
    host.storage_opt[cut.before] = cut.after;
  }
  return Ok();
}

Status ContainerOptions::FillHealth() {
  health_.retries = static_cast<int>(health_retries_);
  bool given = !health_cmd_.empty() || health_.interval != 0 || health_.timeout != 0 ||
               health_.start_period != 0 || health_.retries != 0 || health_.start_interval != 0;
  if (no_healthcheck_) {
    if (given) return InvalidArgument("--no-healthcheck conflicts with --health-* options");
    request_.config.healthcheck.emplace();
    request_.config.healthcheck->test = std::vector<std::string>{"NONE"};
    return Ok();
  }
  if (!given) return Ok();
  const std::pair<const char*, int64_t> limits[] = {{"interval", health_.interval},
                                                    {"timeout", health_.timeout},
                                                    {"retries", health_.retries},
                                                    {"start-period", health_.start_period},
                                                    {"start-interval", health_.start_interval}};
  for (const auto& [name, value] : limits) {
    if (value < 0) {
      return InvalidArgument("--health-" + std::string(name) + " cannot be negative");
    }
  }
  if (!health_cmd_.empty()) health_.test = std::vector<std::string>{"CMD-SHELL", health_cmd_};
  request_.config.healthcheck = health_;
  return Ok();
}

Status ContainerOptions::FillHostConfig(const FlagSet& flags) {
  types::HostConfig& host = request_.host_config;
  types::Resources& resources = host.resources;
  resources.blkio_weight = static_cast<uint16_t>(blkio_weight_);
  resources.memory_swappiness = swappiness_;
  resources.oom_kill_disable = oom_kill_disable_;
  resources.pids_limit = pids_limit_;
  resources.io_maximum_bandwidth = static_cast<uint64_t>(io_max_bandwidth_);
  resources.blkio_weight_device.is_null = false;
  resources.blkio_device_read_bps.is_null = false;
  resources.blkio_device_write_bps.is_null = false;
  resources.blkio_device_read_iops.is_null = false;
  resources.blkio_device_write_iops.is_null = false;
  resources.ulimits.is_null = false;
  for (const auto& [name, limit] : ulimits_) resources.ulimits.push_back(limit);
  host.oom_score_adj = static_cast<int>(oom_score_adj_);
  Assign(host.links, links_);
  // Never null, as containers made by Docker have them.
  for (auto [to, from] : {std::pair{&host.dns, &dns_}, std::pair{&host.dns_options, &dns_options_},
                          std::pair{&host.dns_search, &dns_search_}}) {
    *to = *from;
    to->is_null = false;
  }
  Assign(host.extra_hosts, extra_hosts_);
  Assign(host.volumes_from, volumes_from_);
  Assign(host.cap_add, cap_add_);
  Assign(host.cap_drop, cap_drop_);
  Assign(host.group_add, group_add_);
  host.network_mode = networks_.empty() ? "default" : networks_[0].target;
  host.sysctls = sysctls_;
  host.annotations = annotations_;
  if (flags.Changed("init")) host.init = init_;
  const std::string& policy = host.restart_policy.name;
  if (host.auto_remove && !policy.empty() && policy != "no") {
    return InvalidArgument("conflicting options: cannot specify both --restart and --rm");
  }
  return Ok();
}

Status ContainerOptions::ApplyTo(opts::NetworkAttachment& first) const {
  auto conflict = [](bool both, const char* what) -> Status {
    if (!both) return Ok();
    return InvalidArgument("conflicting options: cannot specify both " + std::string(what));
  };
  BUOY_TRY(conflict(!first.aliases.empty() && !aliases_.empty(),
                    "--network-alias and per-network alias"));
  BUOY_TRY(conflict(!first.links.empty() && !links_.empty(), "--link and per-network links"));
  BUOY_TRY(conflict(!first.ipv4.empty() && !ipv4_.empty(), "--ip and per-network IPv4 address"));
  BUOY_TRY(conflict(!first.ipv6.empty() && !ipv6_.empty(), "--ip6 and per-network IPv6 address"));
  BUOY_TRY(
      conflict(!first.mac.empty() && !mac_.empty(), "--mac-address and per-network MAC address"));
  BUOY_TRY(conflict(!first.link_local_ips.empty() && !link_local_ips_.empty(),
                    "--link-local-ip and per-network link-local IP addresses"));
  if (!aliases_.empty()) first.aliases = aliases_;
  // On the default bridge --link is a legacy link of the container, not an alias of the endpoint.
  if (opts::IsUserDefinedNetwork(first.target) && !links_.empty()) first.links = links_;
  if (!ipv4_.empty()) first.ipv4 = ipv4_;
  if (!ipv6_.empty()) first.ipv6 = ipv6_;
  if (!mac_.empty()) first.mac = mac_;
  if (!link_local_ips_.empty()) first.link_local_ips = link_local_ips_;
  return Ok();
}

Status ContainerOptions::FillNetworks() {
  auto& endpoints = request_.networking_config.endpoints_config;
  endpoints.is_null = false;
  bool none = networks_.empty();
  if (none) networks_.push_back({.target = "default"});
  bool user_defined = false;
  bool predefined = false;
  for (size_t i = 0; i < networks_.size(); ++i) {
    opts::NetworkAttachment& network = networks_[i];
    (opts::IsUserDefinedNetwork(network.target) ? user_defined : predefined) = true;
    if (i == 0) BUOY_TRY(ApplyTo(network));
    BUOY_ASSIGN(types::EndpointSettings endpoint, opts::ToEndpoint(network));
    if (endpoints.contains(network.target)) {
      return InvalidArgument("network " + Quote(network.target) + " is specified multiple times");
    }
    bool plain = endpoint.aliases.empty() && endpoint.links.empty() && !endpoint.ipam_config &&
                 endpoint.mac_address.empty() && endpoint.driver_opts.empty() &&
                 endpoint.gw_priority == 0;
    // A single network without options: the daemon makes the endpoint by itself.
    if (!none && networks_.size() == 1 && plain) continue;
    endpoints[network.target] = std::move(endpoint);
  }
  if (user_defined && predefined) {
    return InvalidArgument(
        "conflicting options: cannot attach both user-defined and non-user-defined "
        "network-modes");
  }
  auto main = endpoints.find(request_.host_config.network_mode);
  if (main != endpoints.end()) request_.config.mac_address = main->second.mac_address;
  return Ok();
}

}  // namespace buoy::cli
