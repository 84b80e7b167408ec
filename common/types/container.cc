#include "common/types/container.h"

#include "common/types/container_config_json.h"
#include "common/types/host_config_json.h"
#include "common/types/network_json.h"

namespace buoy::types {

template <class V>
void Fields(V& v, ContainerCreateRequest& s) {
  Fields(v, s.config);
  v.Type("CreateRequest");
  v("HostConfig", s.host_config);
  v("NetworkingConfig", s.networking_config);
}
template <class V>
void Fields(V& v, ContainerCreateResponse& s) {
  v("Id", s.id);
  v("Warnings", s.warnings);
}
template <class V>
void Fields(V& v, HealthcheckResult& s) {
  v("Start", s.start);
  v("End", s.end);
  v("ExitCode", s.exit_code);
  v("Output", s.output);
}
template <class V>
void Fields(V& v, Health& s) {
  v("Status", s.status);
  v("FailingStreak", s.failing_streak);
  v("Log", s.log);
}
template <class V>
void Fields(V& v, ContainerState& s) {
  v("Status", s.status);
  v("Running", s.running);
  v("Paused", s.paused);
  v("Restarting", s.restarting);
  v("OOMKilled", s.oom_killed);
  v("Dead", s.dead);
  v("Pid", s.pid);
  v("ExitCode", s.exit_code);
  v("Error", s.error);
  v("StartedAt", s.started_at);
  v("FinishedAt", s.finished_at);
  v("Health", s.health, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, MountPoint& s) {
  v("Type", s.type, json::kOmitEmpty);
  v("Name", s.name, json::kOmitEmpty);
  v("Source", s.source);
  v("Destination", s.destination);
  v("Driver", s.driver, json::kOmitEmpty);
  v("Mode", s.mode);
  v("RW", s.rw);
  v("Propagation", s.propagation);
}
template <class V>
void Fields(V& v, NetworkSettings& s) {
  v("Bridge", s.bridge);
  v("SandboxID", s.sandbox_id);
  v("SandboxKey", s.sandbox_key);
  v("Ports", s.ports);
  v("HairpinMode", s.hairpin_mode);
  v("LinkLocalIPv6Address", s.link_local_ipv6_address);
  v("LinkLocalIPv6PrefixLen", s.link_local_ipv6_prefix_len);
  v("SecondaryIPAddresses", s.secondary_ip_addresses);
  v("SecondaryIPv6Addresses", s.secondary_ipv6_addresses);
  v("EndpointID", s.endpoint_id);
  v("Gateway", s.gateway);
  v("GlobalIPv6Address", s.global_ipv6_address);
  v("GlobalIPv6PrefixLen", s.global_ipv6_prefix_len);
  v("IPAddress", s.ip_address);
  v("IPPrefixLen", s.ip_prefix_len);
  v("IPv6Gateway", s.ipv6_gateway);
  v("MacAddress", s.mac_address);
  v("Networks", s.networks);
}
template <class V>
void Fields(V& v, ContainerInspect& s) {
  v("Id", s.id);
  v("Created", s.created);
  v("Path", s.path);
  v("Args", s.args);
  v("State", s.state);
  v("Image", s.image);
  v("ResolvConfPath", s.resolv_conf_path);
  v("HostnamePath", s.hostname_path);
  v("HostsPath", s.hosts_path);
  v("LogPath", s.log_path);
  v("Name", s.name);
  v("RestartCount", s.restart_count);
  v("Driver", s.driver);
  v("Platform", s.platform);
  v("MountLabel", s.mount_label);
  v("ProcessLabel", s.process_label);
  v("AppArmorProfile", s.app_armor_profile);
  v("ExecIDs", s.exec_ids);
  v("HostConfig", s.host_config);
  v("GraphDriver", s.graph_driver);
  v("SizeRw", s.size_rw, json::kOmitEmpty);
  v("SizeRootFs", s.size_root_fs, json::kOmitEmpty);
  v("Mounts", s.mounts);
  v("Config", s.config);
  v("NetworkSettings", s.network_settings);
}
template <class V>
void Fields(V& v, PortSummary& s) {
  v("IP", s.ip, json::kOmitEmpty);
  v("PrivatePort", s.private_port);
  v("PublicPort", s.public_port, json::kOmitEmpty);
  v("Type", s.type);
}
template <class V>
void Fields(V& v, ContainerSummaryHostConfig& s) {
  v("NetworkMode", s.network_mode, json::kOmitEmpty);
  v("Annotations", s.annotations, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ContainerSummaryNetworks& s) {
  v("Networks", s.networks);
}
template <class V>
void Fields(V& v, ContainerSummary& s) {
  v("Id", s.id);
  v("Names", s.names);
  v("Image", s.image);
  v("ImageID", s.image_id);
  v("Command", s.command);
  v("Created", s.created);
  v("Ports", s.ports);
  v("SizeRw", s.size_rw, json::kOmitEmpty);
  v("SizeRootFs", s.size_root_fs, json::kOmitEmpty);
  v("Labels", s.labels);
  v("State", s.state);
  v("Status", s.status);
  v("HostConfig", s.host_config);
  v("NetworkSettings", s.network_settings);
  v("Mounts", s.mounts);
}
template <class V>
void Fields(V& v, ContainerTop& s) {
  v("Titles", s.titles);
  v("Processes", s.processes);
}
template <class V>
void Fields(V& v, ContainerUpdateRequest& s) {
  Fields(v, s.resources);
  v.Type("UpdateConfig");
  v("RestartPolicy", s.restart_policy);
}
template <class V>
void Fields(V& v, ContainerUpdateResponse& s) {
  v("Warnings", s.warnings);
}
template <class V>
void Fields(V& v, ContainersPruneReport& s) {
  v("ContainersDeleted", s.containers_deleted);
  v("SpaceReclaimed", s.space_reclaimed);
}
template <class V>
void Fields(V& v, FilesystemChange& s) {
  v("Kind", s.kind);
  v("Path", s.path);
}
template <class V>
void Fields(V& v, WaitExitError& s) {
  v("Message", s.message);
}
template <class V>
void Fields(V& v, ContainerWaitResponse& s) {
  v("StatusCode", s.status_code);
  v("Error", s.error, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, PathStat& s) {
  v("name", s.name);
  v("size", s.size);
  v("mode", s.mode);
  v("mtime", s.mtime);
  v("linkTarget", s.link_target);
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::HealthConfig)
BUOY_JSON_TYPE(types::ContainerConfig)
BUOY_JSON_TYPE(types::ContainerCreateRequest)
BUOY_JSON_TYPE(types::ContainerCreateResponse)
BUOY_JSON_TYPE(types::Health)
BUOY_JSON_TYPE(types::ContainerState)
BUOY_JSON_TYPE(types::MountPoint)
BUOY_JSON_TYPE(types::NetworkSettings)
BUOY_JSON_TYPE(types::ContainerInspect)
BUOY_JSON_TYPE(types::ContainerSummary)
BUOY_JSON_TYPE(types::ContainerTop)
BUOY_JSON_TYPE(types::ContainerUpdateRequest)
BUOY_JSON_TYPE(types::ContainerUpdateResponse)
BUOY_JSON_TYPE(types::ContainersPruneReport)
BUOY_JSON_TYPE(types::FilesystemChange)
BUOY_JSON_TYPE(types::ContainerWaitResponse)
BUOY_JSON_TYPE(types::PathStat)

}  // namespace buoy
