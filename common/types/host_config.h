#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"

// The host-dependent part of a container.
namespace buoy::types {

struct PortBinding {
  std::string host_ip;
  std::string host_port;
};
// "80/tcp" -> bindings; null = exposed, not published.
using PortMap = json::Map<json::List<PortBinding>>;

struct RestartPolicy {
  std::string name;  // "", no, always, unless-stopped, on-failure
  int maximum_retry_count = 0;
};

struct LogConfig {
  std::string type;
  json::Map<std::string> config;
};

struct WeightDevice {
  std::string path;
  uint16_t weight = 0;
};
struct ThrottleDevice {
  std::string path;
  uint64_t rate = 0;
};

struct DeviceMapping {
  std::string path_on_host;
  std::string path_in_container;
  std::string cgroup_permissions;
};

struct DeviceRequest {
  std::string driver;
  int count = 0;
  json::List<std::string> device_ids;
  json::List<std::vector<std::string>> capabilities;
  json::Map<std::string> options;
};

struct Ulimit {
  std::string name;
  int64_t hard = 0;
  int64_t soft = 0;
};

struct Resources {
  int64_t cpu_shares = 0;
  int64_t memory = 0;     // bytes
  int64_t nano_cpus = 0;  // 1e-9 CPUs
  std::string cgroup_parent;
  uint16_t blkio_weight = 0;
  json::List<WeightDevice> blkio_weight_device;
  json::List<ThrottleDevice> blkio_device_read_bps;
  json::List<ThrottleDevice> blkio_device_write_bps;
  json::List<ThrottleDevice> blkio_device_read_iops;
  json::List<ThrottleDevice> blkio_device_write_iops;
  int64_t cpu_period = 0;
  int64_t cpu_quota = 0;
  int64_t cpu_realtime_period = 0;
  int64_t cpu_realtime_runtime = 0;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  json::List<DeviceMapping> devices;
  json::List<std::string> device_cgroup_rules;
  json::List<DeviceRequest> device_requests;
  int64_t memory_reservation = 0;
  int64_t memory_swap = 0;  // memory + swap; -1 = unlimited
  std::optional<int64_t> memory_swappiness;
  std::optional<bool> oom_kill_disable;
  std::optional<int64_t> pids_limit;
  json::List<Ulimit> ulimits;
  int64_t cpu_count = 0;    // Windows only, carried
  int64_t cpu_percent = 0;  // Windows only, carried
  uint64_t io_maximum_iops = 0;
  uint64_t io_maximum_bandwidth = 0;
};

struct BindOptions {
  std::string propagation;
  bool non_recursive = false;
  bool create_mountpoint = false;
  bool read_only_non_recursive = false;
  bool read_only_force_recursive = false;
};
struct MountDriver {
  std::string name;
  json::Map<std::string> options;
};
struct VolumeOptions {
  bool no_copy = false;
  json::Map<std::string> labels;
  std::string subpath;
  std::optional<MountDriver> driver_config;
};
struct ImageMountOptions {
  std::string subpath;
};
struct TmpfsOptions {
  int64_t size_bytes = 0;
  uint32_t mode = 0;
  json::List<std::vector<std::string>> options;
};
struct Mount {
  std::string type;  // bind, volume, tmpfs, image ...
  std::string source;
  std::string target;
  bool read_only = false;
  std::string consistency;
  std::optional<BindOptions> bind_options;
  std::optional<VolumeOptions> volume_options;
  std::optional<ImageMountOptions> image_options;
  std::optional<TmpfsOptions> tmpfs_options;
};

struct HostConfig {
  json::List<std::string> binds;
  std::string container_id_file;
  LogConfig log_config;
  std::string network_mode;
  PortMap port_bindings;
  RestartPolicy restart_policy;
  bool auto_remove = false;
  std::string volume_driver;
  json::List<std::string> volumes_from;
  std::vector<unsigned> console_size = {0, 0};  // height, width
  json::Map<std::string> annotations;
  json::List<std::string> cap_add;
  json::List<std::string> cap_drop;
  std::string cgroupns_mode;
  json::List<std::string> dns;
  json::List<std::string> dns_options;
  json::List<std::string> dns_search;
  json::List<std::string> extra_hosts;
  json::List<std::string> group_add;
  std::string ipc_mode;
  std::string cgroup;
  json::List<std::string> links;
  int oom_score_adj = 0;
  std::string pid_mode;
  bool privileged = false;
  bool publish_all_ports = false;
  bool readonly_rootfs = false;
  json::List<std::string> security_opt;
  json::Map<std::string> storage_opt;
  json::Map<std::string> tmpfs;
  std::string uts_mode;
  std::string userns_mode;
  int64_t shm_size = 0;
  json::Map<std::string> sysctls;
  std::string runtime;
  std::string isolation;
  Resources resources;  // its keys stand beside these in JSON
  json::List<Mount> mounts;
  json::List<std::string> masked_paths;    // null = the default list
  json::List<std::string> readonly_paths;  // null = the default list
  std::optional<bool> init;
};

}  // namespace buoy::types
