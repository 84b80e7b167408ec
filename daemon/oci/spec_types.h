#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/result/result.h"
#include "daemon/oci/user.h"

// The parts of the OCI runtime specification (config.json) that Buoy uses, as values.
namespace buoy::oci {

struct SpecCapabilities {
  std::vector<std::string> bounding, effective, permitted;  // nothing inheritable, nothing ambient
};
struct SpecRlimit {
  std::string type;  // RLIMIT_NOFILE
  uint64_t hard = 0;
  uint64_t soft = 0;
};
struct SpecBox {
  unsigned height = 0;
  unsigned width = 0;
};
struct SpecUser {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> additional_gids;
};
struct SpecProcess {
  bool terminal = false;
  std::optional<SpecBox> console_size;
  SpecUser user;
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd = "/";
  std::optional<SpecCapabilities> capabilities;
  std::vector<SpecRlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;
  std::optional<int> oom_score_adj;
};

struct SpecRoot {
  std::string path;
  bool readonly = false;
};
struct SpecMount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

struct SpecDevice {
  std::string path;
  std::string type;  // c, b, p
  int64_t major = 0;
  int64_t minor = 0;
  std::optional<uint32_t> file_mode, uid, gid;
};
struct SpecDeviceRule {
  bool allow = false;
  std::string type;
  std::optional<int64_t> major, minor;
  std::string access;
};
struct SpecMemory {
  std::optional<int64_t> limit, reservation, swap;
  std::optional<uint64_t> swappiness;
  std::optional<bool> disable_oom_killer;
};
struct SpecCpu {
  std::optional<uint64_t> shares, period, realtime_period;
  std::optional<int64_t> quota, realtime_runtime;
  std::string cpus, mems;
};
struct SpecPids {
  int64_t limit = 0;
};
struct SpecWeightDevice {
  int64_t major = 0, minor = 0;
  uint16_t weight = 0;
};
struct SpecThrottleDevice {
  int64_t major = 0, minor = 0;
  uint64_t rate = 0;
};
struct SpecBlockIo {
  std::optional<uint16_t> weight;
  std::vector<SpecWeightDevice> weight_device;
  std::vector<SpecThrottleDevice> read_bps, write_bps, read_iops, write_iops;
};
struct SpecResources {
  std::vector<SpecDeviceRule> devices;
  std::optional<SpecMemory> memory;
  std::optional<SpecCpu> cpu;
  std::optional<SpecPids> pids;
  std::optional<SpecBlockIo> block_io;
};
struct SpecNamespace {
  std::string type;  // pid, network, mount, ipc, uts, cgroup
  std::string path;  // empty = a fresh one
};
struct SpecLinux {
  std::map<std::string, std::string> sysctl;
  SpecResources resources;
  std::string cgroups_path;
  std::vector<SpecNamespace> namespaces;
  std::vector<SpecDevice> devices;
  json::Raw seccomp;  // empty = unconfined
  std::string rootfs_propagation;
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
};
struct Spec {
  std::string oci_version = "1.0.2";
  SpecProcess process;
  SpecRoot root;
  std::string hostname;
  std::vector<SpecMount> mounts;
  std::map<std::string, std::string> annotations;
  SpecLinux linux_part;  // "linux" is a macro of GNU C++
};

std::string SpecToJson(const Spec& spec);
std::string ProcessToJson(const SpecProcess& process);
std::string ResourcesToJson(const SpecResources& resources);
// Reads what SpecToJson writes; unknown members are ignored.
Result<Spec> SpecFromJson(const std::string& text);

}  // namespace buoy::oci
