#include <algorithm>

#include "common/unix/file.h"
#include "daemon/oci/capabilities.h"
#include "daemon/oci/modes.h"
#include "daemon/oci/spec.h"

namespace buoy::oci {
namespace {

constexpr size_t kMaxHostname = 64;

bool OneOf(const std::string& value, std::initializer_list<const char*> allowed) {
  return std::any_of(allowed.begin(), allowed.end(), [&](const char* a) { return value == a; });
}

Status VerifyModes(const types::HostConfig& host_config) {
  const auto& ipc = host_config.ipc_mode;
  if (!OneOf(ipc, {"", "none", "private", "host", "shareable"}) && !IsContainerMode(ipc)) {
    return InvalidArgument("invalid IPC mode: " + ipc);
  }
  const auto& pid = host_config.pid_mode;
  if (!OneOf(pid, {"", "host"}) && ContainerOfMode(pid).empty()) {
    return InvalidArgument("invalid PID mode: " + pid);
  }
  if (host_config.shm_size < 0) return InvalidArgument("SHM size can not be less than 0");
  if (!OneOf(host_config.uts_mode, {"", "host"})) {
    return InvalidArgument("invalid UTS mode: " + host_config.uts_mode);
  }
  if (!OneOf(host_config.userns_mode, {"", "host"})) {
    return InvalidArgument("invalid USER mode: " + host_config.userns_mode);
  }
  if (!OneOf(host_config.cgroupns_mode, {"", "private", "host"})) {
    return InvalidArgument("invalid cgroup namespace mode: " + host_config.cgroupns_mode);
  }
  if (host_config.oom_score_adj < -1000 || host_config.oom_score_adj > 1000) {
    return InvalidArgument("Invalid value " + std::to_string(host_config.oom_score_adj) +
                           ", range for oom score adj is [-1000, 1000]");
  }
  return Ok();
}

Status VerifyCommon(const types::HostConfig& host_config) {
  for (const auto& mount : host_config.mounts) BUOY_TRY(ValidateMount(mount));
  BUOY_TRY_CONTEXT(NormalizeCapabilities(host_config.cap_add, AvailableCapabilities()),
                   "invalid CapAdd");
  BUOY_TRY_CONTEXT(NormalizeCapabilities(host_config.cap_drop, AvailableCapabilities()),
                   "invalid CapDrop");
  if (!OneOf(host_config.isolation, {"", "default"})) {
    return InvalidArgument("invalid isolation '" + host_config.isolation + "' on linux");
  }
  if (host_config.annotations.contains("")) {
    return InvalidArgument(
        "invalid Annotations: the empty string is not permitted as an annotation key");
  }
  return Ok();
}

bool NetworkIsolated(const std::string& mode) { return mode == "host" || mode == "none"; }

}  // namespace

void AdaptHostConfig(types::HostConfig& host_config, const HostSettings& host) {
  auto& resources = host_config.resources;
  if (resources.memory > 0 && resources.memory_swap == 0) {
    resources.memory_swap = resources.memory * 2;
  }
  if (host_config.shm_size == 0) host_config.shm_size = host.default_shm_size;
  if (host_config.ipc_mode.empty()) host_config.ipc_mode = host.default_ipc_mode;
  if (host_config.cgroupns_mode.empty()) {
    bool v2 = host.cgroups.mode == CgroupMode::kV2;
    if (host_config.privileged && !v2) {
      host_config.cgroupns_mode = "host";
    } else if (!host.default_cgroupns_mode.empty()) {
      host_config.cgroupns_mode = host.default_cgroupns_mode;
    } else {
      host_config.cgroupns_mode = v2 ? "private" : "host";
    }
  }
  // Containers that share a host namespace, and privileged ones, are not confined by labels.
  bool shares =
      host_config.privileged || host_config.ipc_mode == "host" || host_config.pid_mode == "host";
  if (shares && std::find(host_config.security_opt.begin(), host_config.security_opt.end(),
                          "label=disable") == host_config.security_opt.end()) {
    host_config.security_opt.push_back("label=disable");
  }
  if (!resources.oom_kill_disable) resources.oom_kill_disable = false;
  if (!host_config.privileged) {
    if (host_config.masked_paths.empty() && host_config.masked_paths.is_null) {
      host_config.masked_paths = DefaultMaskedPaths();
    }
    if (host_config.readonly_paths.empty() && host_config.readonly_paths.is_null) {
      host_config.readonly_paths = DefaultReadonlyPaths();
    }
  }
}

Result<Verdict> VerifyHostConfig(types::HostConfig& host_config,
                                 const types::ContainerConfig* config, const HostSettings& host) {
  if (config != nullptr && config->hostname.size() > kMaxHostname) {
    return InvalidArgument("hostname \"" + config->hostname + "\" is too long (maximum 64 bytes)");
  }
  if (config != nullptr && !config->working_dir.empty() && config->working_dir[0] != '/') {
    return InvalidArgument("the working directory '" + config->working_dir +
                           "' is invalid, it needs to be an absolute path");
  }
  BUOY_TRY(VerifyCommon(host_config));
  BUOY_ASSIGN(Verdict verdict,
              VerifyResources(host_config.resources, host.sys_info, config == nullptr));
  BUOY_TRY(VerifyModes(host_config));
  if (!host.sys_info.ipv4_forwarding && !NetworkIsolated(host_config.network_mode)) {
    verdict.warnings.push_back("IPv4 forwarding is disabled. Networking will not work.");
  }
  if (host_config.network_mode == "host" && !host_config.port_bindings.empty()) {
    verdict.warnings.push_back("Published ports are discarded when using host network mode");
  }
  const std::string& parent = host_config.resources.cgroup_parent;
  if (host.systemd_cgroup && !parent.empty() &&
      (parent.size() <= 6 || !parent.ends_with(".slice"))) {
    return InvalidArgument(
        "cgroup-parent for systemd cgroup should be a valid slice named as \"xxx.slice\"");
  }
  for (const auto& [destination, options] : host_config.tmpfs) {
    BUOY_TRY(ValidateTmpfsDestination(destination));
  }
  if (host_config.cgroupns_mode == "private" && !host.sys_info.cgroup_namespaces) {
    verdict.warnings.push_back(
        "Your kernel does not support cgroup namespaces.  Cgroup namespace setting discarded.");
  }
  BUOY_TRY(ParseSecurityOptions(host_config.security_opt, host));
  return verdict;
}

const std::vector<std::string>& DefaultMaskedPaths() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> list = {"/proc/acpi",
                                     "/proc/asound",
                                     "/proc/interrupts",
                                     "/proc/kcore",
                                     "/proc/keys",
                                     "/proc/latency_stats",
                                     "/proc/sched_debug",
                                     "/proc/scsi",
                                     "/proc/timer_list",
                                     "/proc/timer_stats",
                                     "/sys/devices/virtual/powercap",
                                     "/sys/firmware"};
    std::string text = ReadFile("/sys/devices/system/cpu/possible").value_or("");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    auto cpus = ParseCpuList(text);
    if (!cpus.ok()) return list;
    for (int cpu : *cpus) {
      std::string path = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/thermal_throttle";
      if (PathExists(path)) list.push_back(path);
    }
    return list;
  }();
  return paths;
}

const std::vector<std::string>& DefaultReadonlyPaths() {
  static const std::vector<std::string> paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                                 "/proc/sysrq-trigger"};
  return paths;
}

}  // namespace buoy::oci
