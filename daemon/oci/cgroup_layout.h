#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

namespace buoy::oci {

enum class CgroupMode { kNone, kV1, kHybrid, kV2 };

// How the host has its cgroups mounted.
struct CgroupLayout {
  CgroupMode mode = CgroupMode::kNone;
  std::string unified;                    // mount point of cgroup2; empty = none
  std::map<std::string, std::string> v1;  // controller ("memory", "name=systemd") -> mount point
  std::set<std::string> controllers;      // usable for containers: memory, cpu, cpuacct, ...

  // "1" or "2", as /info has it; a hybrid layout counts as 1, since the runtimes use it as that.
  const char* version() const { return mode == CgroupMode::kV2 ? "2" : "1"; }
  bool Has(const std::string& controller) const { return controllers.contains(controller); }
};

// Pure: `mountinfo` is /proc/self/mountinfo, `v2_controllers` the text of cgroup.controllers at the
// cgroup2 mount.
CgroupLayout DetectCgroups(std::string_view mountinfo, std::string_view v2_controllers);
CgroupLayout DetectHostCgroups();

// What this kernel can limit, for /info and for the checks of a HostConfig.
struct SysInfo {
  bool memory_limit = false, swap_limit = false, memory_reservation = false;
  bool memory_swappiness = false, oom_kill_disable = false;
  bool cpu_shares = false, cpu_cfs = false, cpu_realtime = false, cpuset = false;
  bool pids_limit = false;
  bool blkio_weight = false, blkio_weight_device = false;
  bool blkio_read_bps = false, blkio_write_bps = false;
  bool blkio_read_iops = false, blkio_write_iops = false;
  bool cgroup_namespaces = false, time_namespaces = false;
  bool ipv4_forwarding = false;
  bool seccomp = false, apparmor = false;
  bool apparmor_default = false;  // the profile "docker-default" is loaded
  int cpus = 1;
  std::string cpuset_cpus, cpuset_mems;  // "0-1"
  bool cgroup_v2 = false;
  bool devices = false;               // device rules are enforced
  std::vector<std::string> warnings;  // /info's, without "WARNING: "
};
SysInfo ReadSysInfo(const CgroupLayout& layout);

// "0-2,7" -> {0,1,2,7}; kInvalidArgument "invalid format: ..." otherwise.
Result<std::set<int>> ParseCpuList(const std::string& text);

// Folders of one container's cgroup, per controller; empty = that controller is not there. On v2
// all are the same folder.
struct CgroupPaths {
  std::string memory, cpu, cpuacct, cpuset, blkio, pids, freezer, devices;
  std::string unified;
  std::vector<std::string> folders;  // each of them once, in every hierarchy there is
};

// `cgroups_path` as in config.json: "/docker/<id>" or, with the systemd driver,
// "system.slice:docker:<id>".
CgroupPaths ContainerCgroup(const CgroupLayout& layout, const std::string& cgroups_path);

// linux.cgroupsPath for a container. `parent` empty = the default ("/docker", "system.slice").
std::string CgroupsPathFor(const std::string& parent, bool systemd_driver, const std::string& id);

// Pids in the container's cgroup and below it (docker top).
Result<std::set<int>> CgroupPids(const CgroupPaths& paths);
// Removes what is left of them, as far as nothing runs there. Folders that are not there are fine.
void RemoveCgroups(const CgroupPaths& paths);
// True once the kernel has killed a process of it for memory.
bool CgroupOomKilled(const CgroupPaths& paths);

}  // namespace buoy::oci
