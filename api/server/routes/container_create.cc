// POST /containers/create: the newest API's request, and what older versions meant by theirs.
#include <algorithm>

#include "api/server/compat.h"
#include "api/server/routes/routes.h"
#include "api/server/status.h"

namespace buoy::api {

namespace {

using types::ContainerCreateRequest;
using types::EndpointSettings;
using types::HostConfig;
using types::Mount;
using types::NetworkingConfig;

Result<ContainerCreateRequest> ReadCreateRequest(ApiRequest& request) {
  BUOY_ASSIGN(std::string text, request.JsonText());
  if (text.empty()) return InvalidArgument("invalid JSON: got EOF while reading request body");
  auto create = FromJson<ContainerCreateRequest>(text);
  if (!create.ok()) return std::move(create).error().Context("invalid JSON");
  if (!HasContainerConfig(text)) {
    return InvalidArgument("config cannot be empty in order to create a container");
  }
  return create;
}

bool IsPrivateNetwork(const std::string& mode) {
  return mode != "host" && !mode.starts_with("container:");
}
bool IsUserDefined(const std::string& mode) {
  return IsPrivateNetwork(mode) && mode != "bridge" && mode != "none" && mode != "default";
}

// "default" stands for the platform's default network.
void ResolveDefaultNetwork(HostConfig& host, NetworkingConfig& networking) {
  if (!host.network_mode.empty() && host.network_mode != "default") return;
  host.network_mode = "bridge";
  auto named = networking.endpoints_config.find("default");
  if (named == networking.endpoints_config.end()) return;
  EndpointSettings endpoint = std::move(named->second);
  networking.endpoints_config.erase(named);
  networking.endpoints_config["bridge"] = std::move(endpoint);
}

// The endpoint that container-wide network settings are meant for.
Result<EndpointSettings*> EndpointForMode(const ApiRequest& request, const std::string& mode,
                                          NetworkingConfig& networking) {
  auto& endpoints = networking.endpoints_config;
  if (endpoints.empty()) return &endpoints[mode];
  // Before 1.44 there was one endpoint at most.
  if (request.Before({1, 44})) return &endpoints.begin()->second;
  auto found = endpoints.find(mode);
  if (found == endpoints.end()) {
    return InvalidArgument(
        "HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks");
  }
  return &found->second;
}

Status MigrateMacAddress(const ApiRequest& request, ContainerCreateRequest& create,
                         std::vector<std::string>& warnings) {
  const std::string mac = create.config.mac_address;
  const std::string& mode = create.host_config.network_mode;
  bool has_interface = mode == "bridge" || IsUserDefined(mode);
  if (request.Before({1, 44})) {
    if (mac.empty()) {
      for (auto& [name, endpoint] : create.networking_config.endpoints_config) {
        endpoint.mac_address.clear();
      }
      return Ok();
    }
    if (!has_interface) {
      return InvalidArgument("conflicting options: mac-address and the network mode");
    }
    BUOY_ASSIGN(EndpointSettings * endpoint,
                EndpointForMode(request, mode, create.networking_config));
    endpoint->mac_address = mac;
    return Ok();
  }
  if (mac.empty()) return Ok();
  if (has_interface) {
    BUOY_ASSIGN_CONTEXT(EndpointSettings * endpoint,
                        EndpointForMode(request, mode, create.networking_config),
                        "unable to migrate container-wide MAC address to a specific network");
    if (endpoint->mac_address.empty()) {
      endpoint->mac_address = mac;
    } else if (endpoint->mac_address != mac) {
      return InvalidArgument(
          "the container-wide MAC address must match the endpoint-specific MAC address for the "
          "main network, or be left empty");
    }
  }
  warnings.push_back(
      "The container-wide MacAddress field is now deprecated. It should be specified in "
      "EndpointsConfig instead.");
  return Ok();
}

constexpr char kEndpointSysctls[] = "com.docker.network.endpoint.sysctls";

// Splits "net.ipv4.conf.eth0.forwarding" at its interface; false for other sysctls.
bool SplitInterfaceSysctl(const std::string& name, std::string& before, std::string& interface,
                          std::string& after) {
  if (!name.starts_with("net.")) return false;
  size_t second = name.find('.', 4);
  size_t third = second == std::string::npos ? second : name.find('.', second + 1);
  size_t fourth = third == std::string::npos ? third : name.find('.', third + 1);
  if (fourth == std::string::npos) return false;
  before = name.substr(0, third);
  interface = name.substr(third + 1, fourth - third - 1);
  after = name.substr(fourth + 1);
  return interface.starts_with("eth");
}

// Sysctls of an interface belong to its endpoint, because the interface comes with it.
Status MigrateSysctls(const ApiRequest& request, ContainerCreateRequest& create,
                      std::vector<std::string>& warnings) {
  HostConfig& host = create.host_config;
  if (!IsPrivateNetwork(host.network_mode)) return Ok();
  std::vector<std::string> moved, options;
  EndpointSettings* endpoint = nullptr;
  for (const auto& [name, value] : host.sysctls) {
    std::string before, interface, after;
    if (!SplitInterfaceSysctl(name, before, interface, after)) continue;
    if (endpoint == nullptr) {
      if (!request.Before({1, 48})) {
        return InvalidArgument("interface specific sysctl setting " + JsonQuote(name) +
                               " must be supplied using driver option '" + kEndpointSysctls + "'");
      }
      BUOY_ASSIGN_CONTEXT(endpoint,
                          EndpointForMode(request, host.network_mode, create.networking_config),
                          "unable to find a network for sysctl " + name);
    }
    if (interface != "eth0") {
      return InvalidArgument("unable to determine network endpoint for sysctl " + name +
                             ", use driver option '" + kEndpointSysctls +
                             "' to set per-interface sysctls");
    }
    moved.push_back(name);
    options.push_back(before + ".IFNAME." + after + "=" + value);
  }
  if (endpoint == nullptr) return Ok();
  std::string names, joined;
  for (size_t i = 0; i < moved.size(); ++i) {
    names += (i > 0 ? ", " : "") + moved[i];
    joined += (i > 0 ? "," : "") + options[i];
    host.sysctls.erase(moved[i]);
  }
  warnings.push_back("Migrated sysctl " + JsonQuote(names) + " to DriverOpts{" +
                     JsonQuote(kEndpointSysctls) + ":" + JsonQuote(joined) + "}.");
  std::string& option = endpoint->driver_opts[kEndpointSysctls];
  option = option.empty() ? joined : joined + "," + option;
  return Ok();
}

Status CheckMounts(const ApiRequest& request, HostConfig& host) {
  for (Mount& mount : host.mounts) {
    if (request.Before({1, 40}) && mount.bind_options) mount.bind_options->non_recursive = false;
    if (request.Before({1, 42})) {
      if (mount.bind_options) mount.bind_options->create_mountpoint = false;
      if (mount.type != "volume") mount.volume_options.reset();
      if (mount.type != "tmpfs") mount.tmpfs_options.reset();
    } else {
      const char* misplaced = mount.volume_options && mount.type != "volume" ? "VolumeOptions"
                              : mount.bind_options && mount.type != "bind"   ? "BindOptions"
                              : mount.tmpfs_options && mount.type != "tmpfs" ? "TmpfsOptions"
                                                                             : nullptr;
      if (misplaced != nullptr) {
        return InvalidArgument(std::string(misplaced) + " must not be specified on mount type " +
                               JsonQuote(mount.type));
      }
    }
    if (request.Before({1, 44}) && mount.type == "bind") {
      if (mount.bind_options && mount.bind_options->read_only_force_recursive) {
        return InvalidArgument("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
      }
      // Read-only mounts were not recursive then.
      if (mount.read_only) {
        if (!mount.bind_options) mount.bind_options.emplace();
        mount.bind_options->read_only_non_recursive = true;
      }
    }
    if (request.Before({1, 45}) && mount.volume_options && !mount.volume_options->subpath.empty()) {
      return InvalidArgument("VolumeOptions.Subpath needs API v1.45 or newer");
    }
    if (request.Before({1, 48}) && mount.type == "image") {
      return InvalidArgument("Mount type \"Image\" needs API v1.48 or newer");
    }
  }
  return Ok();
}

Status ApplyOldDefaults(const ApiRequest& request, ContainerCreateRequest& create) {
  HostConfig& host = create.host_config;
  auto& endpoints = create.networking_config.endpoints_config;
  if (request.Before({1, 40}) && host.ipc_mode.empty()) host.ipc_mode = "shareable";
  if (request.Before({1, 42})) host.console_size = {0, 0};
  if (request.Before({1, 43})) host.annotations = {};
  if (request.Before({1, 44})) {
    if (create.config.healthcheck) create.config.healthcheck->start_interval = 0;
    if (endpoints.size() > 1) {
      std::string names;
      for (const auto& [name, endpoint] : endpoints) names += (names.empty() ? "" : ", ") + name;
      return InvalidArgument("Container cannot be created with multiple network endpoints: " +
                             names);
    }
  }
  if (request.Before({1, 48})) {
    for (auto& [name, endpoint] : endpoints) endpoint.gw_priority = 0;
  }
  return CheckMounts(request, host);
}

void WarnAboutVolumeDriver(const ApiRequest& request, const HostConfig& host,
                           std::vector<std::string>& warnings) {
  if (host.volume_driver.empty() || request.Before({1, 48})) return;
  bool ambiguous = std::any_of(host.mounts.begin(), host.mounts.end(), [](const Mount& mount) {
    bool own_driver = mount.volume_options && mount.volume_options->driver_config &&
                      !mount.volume_options->driver_config->name.empty();
    return mount.type == "volume" && !own_driver;
  });
  if (!ambiguous) return;
  warnings.push_back(
      "WARNING: the container-wide volume-driver configuration is ignored for volumes specified "
      "via 'mount'. Use '--mount type=volume,volume-driver=...' instead");
}

// An empty list of bindings publishes the port somewhere.
void FillPortBindings(HostConfig& host) {
  for (auto& [port, bindings] : host.port_bindings) {
    if (bindings.empty()) bindings.push_back({});
  }
}

}  // namespace

Status CreateContainer(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(ContainerCreateRequest create, ReadCreateRequest(request));
  CreateOptions options;
  options.name = request.Get("name");
  if (options.name.starts_with('/')) options.name.erase(0, 1);
  if (!request.Before({1, 41})) options.platform = request.Get("platform");

  HostConfig& host = create.host_config;
  ResolveDefaultNetwork(host, create.networking_config);
  BUOY_TRY(ApplyOldDefaults(request, create));
  std::vector<std::string> warnings;
  WarnAboutVolumeDriver(request, host, warnings);
  BUOY_TRY(MigrateMacAddress(request, create, warnings));
  BUOY_TRY(MigrateSysctls(request, create, warnings));
  FillPortBindings(host);
  if (host.resources.pids_limit && *host.resources.pids_limit <= 0) {
    host.resources.pids_limit.reset();
  }
  BUOY_ASSIGN(auto response, backend.Create(create, options));
  response.warnings.insert(response.warnings.end(), warnings.begin(), warnings.end());
  return request.ReplyJsonOf(201, response);
}

}  // namespace buoy::api
