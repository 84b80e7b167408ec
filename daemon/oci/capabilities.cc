#include "daemon/oci/capabilities.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>

#include "common/unix/file.h"

namespace buoy::oci {
namespace {

// In the kernel's order: the index is the capability's number.
const std::vector<std::string>& Known() {
  static const std::vector<std::string> names = {
      "CAP_CHOWN",
      "CAP_DAC_OVERRIDE",
      "CAP_DAC_READ_SEARCH",
      "CAP_FOWNER",
      "CAP_FSETID",
      "CAP_KILL",
      "CAP_SETGID",
      "CAP_SETUID",
      "CAP_SETPCAP",
      "CAP_LINUX_IMMUTABLE",
      "CAP_NET_BIND_SERVICE",
      "CAP_NET_BROADCAST",
      "CAP_NET_ADMIN",
      "CAP_NET_RAW",
      "CAP_IPC_LOCK",
      "CAP_IPC_OWNER",
      "CAP_SYS_MODULE",
      "CAP_SYS_RAWIO",
      "CAP_SYS_CHROOT",
      "CAP_SYS_PTRACE",
      "CAP_SYS_PACCT",
      "CAP_SYS_ADMIN",
      "CAP_SYS_BOOT",
      "CAP_SYS_NICE",
      "CAP_SYS_RESOURCE",
      "CAP_SYS_TIME",
      "CAP_SYS_TTY_CONFIG",
      "CAP_MKNOD",
      "CAP_LEASE",
      "CAP_AUDIT_WRITE",
      "CAP_AUDIT_CONTROL",
      "CAP_SETFCAP",
      "CAP_MAC_OVERRIDE",
      "CAP_MAC_ADMIN",
      "CAP_SYSLOG",
      "CAP_WAKE_ALARM",
      "CAP_BLOCK_SUSPEND",
      "CAP_AUDIT_READ",
      "CAP_PERFMON",
      "CAP_BPF",
      "CAP_CHECKPOINT_RESTORE",
  };
  return names;
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::vector<std::string> ReadAvailable() {
  auto status = ReadFile("/proc/self/status");
  if (!status.ok()) return Known();
  size_t at = status->find("\nCapEff:");
  if (at == std::string::npos) return Known();
  uint64_t mask = strtoull(status->c_str() + at + 8, nullptr, 16);
  std::vector<std::string> result;
  for (size_t i = 0; i < Known().size(); ++i) {
    if (mask & (uint64_t{1} << i)) result.push_back(Known()[i]);
  }
  return result;
}

}  // namespace

const std::vector<std::string>& DefaultCapabilities() {
  static const std::vector<std::string> names = {
      "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
      "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
      "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
      "CAP_KILL",    "CAP_AUDIT_WRITE"};
  return names;
}

const std::vector<std::string>& AvailableCapabilities() {
  static const std::vector<std::string> available = ReadAvailable();
  return available;
}

Result<std::vector<std::string>> NormalizeCapabilities(const std::vector<std::string>& names,
                                                       const std::vector<std::string>& available) {
  std::vector<std::string> result;
  for (std::string name : names) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    if (name == "ALL") {
      result.push_back(name);
      continue;
    }
    if (!name.starts_with("CAP_")) name = "CAP_" + name;
    if (!Contains(Known(), name)) return InvalidArgument("unknown capability: \"" + name + "\"");
    if (!Contains(available, name)) {
      return InvalidArgument(
          "capability not supported by your kernel or not available in the current environment: "
          "\"" +
          name + "\"");
    }
    result.push_back(name);
  }
  return result;
}

Result<std::vector<std::string>> TweakCapabilities(const std::vector<std::string>& add,
                                                   const std::vector<std::string>& drop,
                                                   bool privileged,
                                                   const std::vector<std::string>& available) {
  if (privileged) return available;
  if (add.empty() && drop.empty()) return DefaultCapabilities();
  BUOY_ASSIGN(auto drops, NormalizeCapabilities(drop, available));
  BUOY_ASSIGN(auto adds, NormalizeCapabilities(add, available));
  if (!Contains(adds, "ALL") && Contains(drops, "ALL")) return adds;
  std::vector<std::string> result;
  const auto& base = Contains(adds, "ALL") ? available : DefaultCapabilities();
  for (const auto& name : base) {
    if (!Contains(drops, name)) result.push_back(name);
  }
  if (Contains(adds, "ALL")) return result;
  for (const auto& name : adds) {
    if (!Contains(result, name)) result.push_back(name);
  }
  return result;
}

}  // namespace buoy::oci
