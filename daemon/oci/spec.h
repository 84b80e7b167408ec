#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/container.h"
#include "common/types/exec.h"
#include "daemon/oci/cgroup_layout.h"
#include "daemon/oci/mounts.h"
#include "daemon/oci/runtime.h"
#include "daemon/oci/user.h"

// From a container's configuration to the runtime's config.json.
namespace buoy::oci {

// The daemon's own settings and what was found out about the host at start.
struct HostSettings {
  std::string data_root;
  std::vector<types::Ulimit> ulimits;  // default-ulimits
  bool init = false;                   // --init for all
  std::string init_path;               // init-path; empty = looked up
  std::string cgroup_parent;
  bool systemd_cgroup = false;        // native.cgroupdriver=systemd
  std::string default_cgroupns_mode;  // "", "host", "private"
  std::string default_ipc_mode = "private";
  int64_t default_shm_size = 64 << 20;
  bool no_new_privileges = false;
  std::string seccomp_profile;  // "" = built-in, "unconfined", else the profile's JSON
  CgroupLayout cgroups;
  SysInfo sys_info;
};

// What --security-opt says.
struct SecurityOptions {
  bool no_new_privileges = false;
  std::string seccomp_profile;  // "", "unconfined", "builtin" or JSON
  std::string apparmor_profile;
  std::optional<bool> writable_cgroups;
  bool label_disabled = false;
  bool unconfined_paths =
      false;  // systempaths=unconfined from a client that leaves it to the daemon
};
Result<SecurityOptions> ParseSecurityOptions(const std::vector<std::string>& options,
                                             const HostSettings& host);

struct SpecInput {
  std::string id;
  const types::ContainerConfig* config = nullptr;  // merged with the image's
  const types::HostConfig* host_config = nullptr;  // after AdaptHostConfig()
  const HostSettings* host = nullptr;
  RuntimeKind runtime = RuntimeKind::kRunc;
  bool runtime_rro = false;  // Runtime::recursive_read_only
  bool runtime_is_crun = false;
  std::string rootfs;  // absolute path
  ProcessUser user;
  std::vector<MountPlan> mounts;  // sources are known
  // Files bound into /etc; empty = none.
  std::string hosts_path, hostname_path, resolv_conf_path;
  // /dev/shm bound from here (ipc shareable, host, container:); empty = a tmpfs of ShmSize.
  std::string shm_path;
  // Network namespace file; empty with network_mode host = the host's, else a fresh one.
  std::string netns_path;
  // /proc/PID/ns/... of the container named by pid/ipc mode container:.
  std::string pid_ns_path, ipc_ns_path;
  std::vector<std::string> linked_env;  // of --link, before the user's own
  unsigned console_height = 0, console_width = 0;
};

// The text of config.json. Errors carry Docker's texts.
Result<std::string> BuildSpec(const SpecInput& input);

// Entrypoint and Cmd to one command line; kInvalidArgument "no command specified" when both are
// empty.
Result<std::vector<std::string>> ProcessArgs(const types::ContainerConfig& config);
// PATH, HOSTNAME, TERM, linked_env, HOME, overridden by config.env, in Docker's order.
std::vector<std::string> ProcessEnv(const types::ContainerConfig& config,
                                    const std::vector<std::string>& linked_env,
                                    const std::string& home, bool tty);

struct ExecInput {
  const types::ContainerConfig* config = nullptr;
  const types::HostConfig* host_config = nullptr;
  const HostSettings* host = nullptr;
  const types::ExecCreateRequest* request = nullptr;
  ProcessUser user;  // of request.user, or the container's when that is empty
  std::vector<std::string> linked_env;
  bool tty = false;
  unsigned console_height = 0, console_width = 0;
};
// process.json for `runtime exec --process`.
Result<std::string> BuildExecProcess(const ExecInput& input);

// Fills in what a HostConfig leaves to the daemon (memory swap, shm size, ipc and cgroupns mode,
// oom_kill_disable, masked and readonly paths), as it is stored and inspected.
void AdaptHostConfig(types::HostConfig& host_config, const HostSettings& host);

// Docker's platform checks; may clear limits that the kernel lacks, with a warning for each. Does
// not look at runtime names, networks or restart policies. `config` may be null (update).
struct Verdict {
  std::vector<std::string> warnings;
};
Result<Verdict> VerifyHostConfig(types::HostConfig& host_config,
                                 const types::ContainerConfig* config, const HostSettings& host);
// The part for `update`.
Result<Verdict> VerifyResources(types::Resources& resources, const SysInfo& sys_info, bool update);

// OCI LinuxResources as JSON, for `runtime update --resources FILE`.
Result<std::string> UpdateResourcesJson(const types::Resources& resources);

// The init binary for --init; error text when the host has none.
Result<std::string> FindInit(const std::string& configured);

// Docker's masked and readonly path lists on this host.
const std::vector<std::string>& DefaultMaskedPaths();
const std::vector<std::string>& DefaultReadonlyPaths();

}  // namespace buoy::oci
