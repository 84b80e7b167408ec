#include "common/types/system.h"

#include "common/json/codec.h"

namespace buoy::types {

struct PlatformName {
  std::string name;
};
template <class V>
void Fields(V& v, PlatformName& s) {
  v("Name", s.name);
}
template <class V>
void Fields(V& v, ComponentVersion& s) {
  v("Name", s.name);
  v("Version", s.version);
  v("Details", s.details, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SystemVersion& s) {
  PlatformName platform{s.platform_name};
  v("Platform", platform);
  s.platform_name = platform.name;
  v("Components", s.components, json::kOmitEmpty);
  v("Version", s.version);
  v("ApiVersion", s.api_version);
  v("MinAPIVersion", s.min_api_version, json::kOmitEmpty);
  v("GitCommit", s.git_commit);
  v("GoVersion", s.go_version);
  v("Os", s.os);
  v("Arch", s.arch);
  v("KernelVersion", s.kernel_version, json::kOmitEmpty);
  v("Experimental", s.experimental, json::kOmitEmpty);
  v("BuildTime", s.build_time, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, RuntimeInfo& s) {
  v("path", s.path, json::kOmitEmpty);
  v("runtimeArgs", s.runtime_args, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, CommitInfo& s) {
  std::string expected = s.id;
  v("ID", s.id);
  v("Expected", expected);
}
template <class V>
void Fields(V& v, PluginsInfo& s) {
  v("Volume", s.volume);
  v("Network", s.network);
  v("Authorization", s.authorization);
  v("Log", s.log);
}
template <class V>
void Fields(V& v, IndexInfo& s) {
  v("Name", s.name);
  v("Mirrors", s.mirrors);
  v("Secure", s.secure);
  v("Official", s.official);
}
template <class V>
void Fields(V& v, RegistryConfig& s) {
  v("AllowNondistributableArtifactsCIDRs", s.allow_nondistributable_artifacts_cidrs);
  v("AllowNondistributableArtifactsHostnames", s.allow_nondistributable_artifacts_hostnames);
  v("InsecureRegistryCIDRs", s.insecure_registry_cidrs);
  v("IndexConfigs", s.index_configs);
  v("Mirrors", s.mirrors);
}
template <class V>
void Fields(V& v, AddressPool& s) {
  v("Base", s.base);
  v("Size", s.size);
}
template <class V>
void Fields(V& v, SwarmInfo& s) {
  v("NodeID", s.node_id);
  v("NodeAddr", s.node_addr);
  v("LocalNodeState", s.local_node_state);
  v("ControlAvailable", s.control_available);
  v("Error", s.error);
  v("RemoteManagers", s.remote_managers);
}
template <class V>
void InfoLimits(V& v, SystemInfo& s) {
  v("MemoryLimit", s.memory_limit);
  v("SwapLimit", s.swap_limit);
  v("CpuCfsPeriod", s.cpu_cfs_period);
  v("CpuCfsQuota", s.cpu_cfs_quota);
  v("CPUShares", s.cpu_shares);
  v("CPUSet", s.cpu_set);
  v("PidsLimit", s.pids_limit);
  v("IPv4Forwarding", s.ipv4_forwarding);
}
template <class V>
void Fields(V& v, SystemInfo& s) {
  v("ID", s.id);
  v("Containers", s.containers);
  v("ContainersRunning", s.containers_running);
  v("ContainersPaused", s.containers_paused);
  v("ContainersStopped", s.containers_stopped);
  v("Images", s.images);
  v("Driver", s.driver);
  v("DriverStatus", s.driver_status);
  v("Plugins", s.plugins);
  InfoLimits(v, s);
  v("Debug", s.debug);
  v("NFd", s.n_fd);
  v("OomKillDisable", s.oom_kill_disable);
  v("NGoroutines", s.n_goroutines);
  v("SystemTime", s.system_time);
  v("LoggingDriver", s.logging_driver);
  v("CgroupDriver", s.cgroup_driver);
  v("CgroupVersion", s.cgroup_version, json::kOmitEmpty);
  v("NEventsListener", s.n_events_listener);
  v("KernelVersion", s.kernel_version);
  v("OperatingSystem", s.operating_system);
  v("OSVersion", s.os_version);
  v("OSType", s.os_type);
  v("Architecture", s.architecture);
  v("IndexServerAddress", s.index_server_address);
  v("RegistryConfig", s.registry_config);
  v("NCPU", s.ncpu);
  v("MemTotal", s.mem_total);
  v("GenericResources", s.generic_resources);
  v("DockerRootDir", s.docker_root_dir);
  v("HttpProxy", s.http_proxy);
  v("HttpsProxy", s.https_proxy);
  v("NoProxy", s.no_proxy);
  v("Name", s.name);
  v("Labels", s.labels);
  v("ExperimentalBuild", s.experimental_build);
  v("ServerVersion", s.server_version);
  v("Runtimes", s.runtimes);
  v("DefaultRuntime", s.default_runtime);
  v("Swarm", s.swarm);
  v("LiveRestoreEnabled", s.live_restore_enabled);
  v("Isolation", s.isolation);
  v("InitBinary", s.init_binary);
  v("ContainerdCommit", s.containerd_commit);
  v("RuncCommit", s.runc_commit);
  v("InitCommit", s.init_commit);
  v("SecurityOptions", s.security_options);
  v("DefaultAddressPools", s.default_address_pools, json::kOmitEmpty);
  v("Warnings", s.warnings);
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::SystemVersion)
BUOY_JSON_TYPE(types::SystemInfo)

}  // namespace buoy
