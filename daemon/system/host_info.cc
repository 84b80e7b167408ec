#include "daemon/system/host_info.h"

#include <dirent.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "common/random_id/random_id.h"
#include "common/unix/file.h"

namespace buoy::system {
namespace {

int CountEntries(const char* path) {
  DIR* dir = opendir(path);
  if (dir == nullptr) return 0;
  int count = 0;
  while (dirent* entry = readdir(dir)) count += entry->d_name[0] != '.';
  closedir(dir);
  return count;
}

std::string GoArchitecture(const std::string& machine) {
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (machine == "i686" || machine == "i386") return "386";
  if (machine.starts_with("armv")) return "arm";
  return machine;
}

// 8-4-4-4-12, as dockerd writes a new engine's ID.
std::string NewUuid() {
  std::string hex = RandomId();
  hex[12] = '4';
  hex[16] = "89ab"[hex[16] % 4];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20, 12);
}

}  // namespace

std::string OsReleaseValue(const std::string& text, const std::string& key) {
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(key + "=")) continue;
    std::string value = line.substr(key.size() + 1);
    const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                        value.back() == value.front();
    return quoted ? value.substr(1, value.size() - 2) : value;
  }
  return "";
}

HostInfo ReadHostInfo() {
  HostInfo info;
  utsname names{};
  if (uname(&names) == 0) {
    info.name = names.nodename;
    info.kernel_version = names.release;
    info.architecture = names.machine;
    info.go_architecture = GoArchitecture(names.machine);
  }
  auto release = ReadFile("/etc/os-release");
  if (!release.ok()) release = ReadFile("/usr/lib/os-release");
  if (release.ok()) {
    info.operating_system = OsReleaseValue(*release, "PRETTY_NAME");
    info.os_version = OsReleaseValue(*release, "VERSION_ID");
  }
  if (info.operating_system.empty()) info.operating_system = "Linux";
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) info.cpus = CPU_COUNT(&cpus);
  struct sysinfo memory {};
  if (sysinfo(&memory) == 0) {
    info.memory = static_cast<int64_t>(memory.totalram) * memory.mem_unit;
  }
  return info;
}

int OpenDescriptors() { return CountEntries("/proc/self/fd"); }
int Threads() { return CountEntries("/proc/self/task"); }

Result<std::string> EngineId(const std::string& path) {
  auto stored = ReadFile(path, 4096);
  if (stored.ok() && !stored->empty()) return stored;
  std::string id = NewUuid();
  BUOY_TRY(WriteFileAtomic(path, id, 0600));
  return id;
}

}  // namespace buoy::system
