#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/types/host_config.h"
#include "common/types/network.h"

// Containers of the Engine API (v1.51). JSON by common/json/json.h.
namespace buoy::types {

// HEALTHCHECK; durations are nanoseconds, 0 = inherit or default.
struct HealthConfig {
  json::List<std::string> test;  // {"NONE"}, {"CMD", ...} or {"CMD-SHELL", line}
  int64_t interval = 0;
  int64_t timeout = 0;
  int64_t start_period = 0;
  int64_t start_interval = 0;
  int retries = 0;
};

// The portable part of a container, also the config of an image.
struct ContainerConfig {
  std::string hostname;
  std::string domainname;
  std::string user;
  bool attach_stdin = false;
  bool attach_stdout = false;
  bool attach_stderr = false;
  json::StringSet exposed_ports;  // "80/tcp"
  bool tty = false;
  bool open_stdin = false;
  bool stdin_once = false;
  json::List<std::string> env;
  json::List<std::string> cmd;  // null = the image's
  std::optional<HealthConfig> healthcheck;
  bool args_escaped = false;
  std::string image;
  json::StringSet volumes;
  std::string working_dir;
  json::List<std::string> entrypoint;  // null = the image's; [""] = none
  bool network_disabled = false;
  std::string mac_address;  // up to API 1.43
  json::List<std::string> on_build;
  json::Map<std::string> labels;
  std::string stop_signal;
  std::optional<int> stop_timeout;  // seconds
  json::List<std::string> shell;
};

// Body of POST /containers/create: a ContainerConfig with two more keys.
struct ContainerCreateRequest {
  ContainerConfig config;
  HostConfig host_config;
  NetworkingConfig networking_config;
};

struct ContainerCreateResponse {
  std::string id;
  std::vector<std::string> warnings;
};

struct HealthcheckResult {
  std::string start;  // RFC 3339 with nanoseconds
  std::string end;
  int exit_code = 0;
  std::string output;
};

struct Health {
  std::string status;  // "none", "starting", "healthy", "unhealthy"
  int failing_streak = 0;
  json::List<HealthcheckResult> log;
};

struct ContainerState {
  std::string status;  // created, running, paused, restarting, removing, exited, dead
  bool running = false;
  bool paused = false;
  bool restarting = false;
  bool oom_killed = false;
  bool dead = false;
  int pid = 0;
  int exit_code = 0;
  std::string error;
  std::string started_at;  // "0001-01-01T00:00:00Z" = never
  std::string finished_at;
  std::optional<Health> health;
};

struct MountPoint {
  std::string type;  // bind, volume, tmpfs
  std::string name;
  std::string source;
  std::string destination;
  std::string driver;
  std::string mode;
  bool rw = false;
  std::string propagation;
};

struct GraphDriverData {
  json::Map<std::string> data;
  std::string name;
};

struct NetworkSettings {
  std::string bridge;
  std::string sandbox_id;
  std::string sandbox_key;
  PortMap ports = PortMap::Empty();
  bool hairpin_mode = false;
  std::string link_local_ipv6_address;
  int link_local_ipv6_prefix_len = 0;
  json::Raw secondary_ip_addresses;
  json::Raw secondary_ipv6_addresses;
  // The default bridge's endpoint once more, as Docker has it.
  std::string endpoint_id;
  std::string gateway;
  std::string global_ipv6_address;
  int global_ipv6_prefix_len = 0;
  std::string ip_address;
  int ip_prefix_len = 0;
  std::string ipv6_gateway;
  std::string mac_address;
  json::Map<EndpointSettings> networks = json::Map<EndpointSettings>::Empty();
};

struct ContainerInspect {
  std::string id;
  std::string created;
  std::string path;
  json::List<std::string> args = json::List<std::string>::Empty();
  ContainerState state;
  std::string image;  // sha256:...
  std::string resolv_conf_path;
  std::string hostname_path;
  std::string hosts_path;
  std::string log_path;
  std::string name;  // with its leading slash
  int restart_count = 0;
  std::string driver;
  std::string platform;
  std::string mount_label;
  std::string process_label;
  std::string app_armor_profile;
  json::List<std::string> exec_ids;
  HostConfig host_config;
  GraphDriverData graph_driver;
  std::optional<int64_t> size_rw;
  std::optional<int64_t> size_root_fs;
  json::List<MountPoint> mounts = json::List<MountPoint>::Empty();
  ContainerConfig config;
  NetworkSettings network_settings;
};

struct PortSummary {
  std::string ip;
  uint16_t private_port = 0;
  uint16_t public_port = 0;
  std::string type;
};

struct ContainerSummaryHostConfig {
  std::string network_mode;
  json::Map<std::string> annotations;
};
struct ContainerSummaryNetworks {
  json::Map<EndpointSettings> networks = json::Map<EndpointSettings>::Empty();
};

struct ContainerSummary {
  std::string id;
  std::vector<std::string> names;
  std::string image;
  std::string image_id;
  std::string command;
  int64_t created = 0;  // seconds
  std::vector<PortSummary> ports;
  std::optional<int64_t> size_rw;
  std::optional<int64_t> size_root_fs;
  json::Map<std::string> labels = json::Map<std::string>::Empty();
  std::string state;
  std::string status;
  ContainerSummaryHostConfig host_config;
  ContainerSummaryNetworks network_settings;
  std::vector<MountPoint> mounts;
};

struct ContainerTop {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> processes;
};

struct ContainerUpdateRequest {
  Resources resources;
  std::optional<RestartPolicy> restart_policy;
};
struct ContainerUpdateResponse {
  json::List<std::string> warnings;
};

struct ContainersPruneReport {
  json::List<std::string> containers_deleted;
  uint64_t space_reclaimed = 0;
};

struct FilesystemChange {
  int kind = 0;  // 0 = modified, 1 = added, 2 = deleted
  std::string path;
};

struct WaitExitError {
  std::string message;
};
struct ContainerWaitResponse {
  int64_t status_code = 0;
  std::optional<WaitExitError> error;
};

// X-Docker-Container-Path-Stat.
struct PathStat {
  std::string name;
  int64_t size = 0;
  uint32_t mode = 0;  // Go's os.FileMode bits
  std::string mtime;
  std::string link_target;
};

}  // namespace buoy::types
