#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/types/container.h"
#include "common/types/image.h"
#include "common/types/volume.h"

namespace buoy::types {

struct ComponentVersion {
  std::string name;
  std::string version;
  json::Map<std::string> details;
};

// GET /version.
struct SystemVersion {
  std::string platform_name;
  std::vector<ComponentVersion> components;
  std::string version;
  std::string api_version;
  std::string min_api_version;
  std::string git_commit;
  std::string go_version;  // clients print it; Buoy says "none (C++20)"
  std::string os;
  std::string arch;
  std::string kernel_version;
  bool experimental = false;
  std::string build_time;
};

struct RuntimeInfo {
  std::string path;
  json::List<std::string> runtime_args;
};
struct CommitInfo {
  std::string id;
};
struct PluginsInfo {
  json::List<std::string> volume, network, authorization, log;
};
struct IndexInfo {
  std::string name;
  json::List<std::string> mirrors = json::List<std::string>::Empty();
  bool secure = true;
  bool official = false;
};
struct RegistryConfig {
  json::List<std::string> allow_nondistributable_artifacts_cidrs;
  json::List<std::string> allow_nondistributable_artifacts_hostnames;
  json::List<std::string> insecure_registry_cidrs;
  json::Map<IndexInfo> index_configs;
  json::List<std::string> mirrors;
};
struct AddressPool {
  std::string base;
  int size = 0;
};
struct SwarmInfo {
  std::string node_id;
  std::string node_addr;
  std::string local_node_state = "inactive";
  bool control_available = false;
  std::string error;
  json::Raw remote_managers;
};

// GET /info.
struct SystemInfo {
  std::string id;
  int containers = 0, containers_running = 0, containers_paused = 0, containers_stopped = 0;
  int images = 0;
  std::string driver;
  std::vector<std::vector<std::string>> driver_status;
  PluginsInfo plugins;
  bool memory_limit = false, swap_limit = false, cpu_cfs_period = false, cpu_cfs_quota = false;
  bool cpu_shares = false, cpu_set = false, pids_limit = false, ipv4_forwarding = false;
  bool debug = false;
  int n_fd = 0;
  bool oom_kill_disable = false;
  int n_goroutines = 0;  // threads
  std::string system_time;
  std::string logging_driver;
  std::string cgroup_driver;
  std::string cgroup_version;
  int n_events_listener = 0;
  std::string kernel_version;
  std::string operating_system;
  std::string os_version;
  std::string os_type;
  std::string architecture;
  std::string index_server_address;
  RegistryConfig registry_config;
  int ncpu = 0;
  int64_t mem_total = 0;
  json::Raw generic_resources;
  std::string docker_root_dir;
  std::string http_proxy, https_proxy, no_proxy;
  std::string name;
  json::List<std::string> labels;
  bool experimental_build = false;
  std::string server_version;
  json::Map<RuntimeInfo> runtimes;
  std::string default_runtime;
  SwarmInfo swarm;
  bool live_restore_enabled = false;
  std::string isolation;
  std::string init_binary;
  CommitInfo containerd_commit, runc_commit, init_commit;
  json::List<std::string> security_options;
  json::List<AddressPool> default_address_pools;
  json::List<std::string> warnings;
};

// GET /system/df.
struct DiskUsage {
  int64_t layers_size = 0;
  std::vector<ImageSummary> images;
  std::vector<ContainerSummary> containers;
  std::vector<Volume> volumes;
};

}  // namespace buoy::types
