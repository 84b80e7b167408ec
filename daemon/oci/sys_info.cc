#include <sys/prctl.h>
#include <unistd.h>

#include "common/unix/file.h"
#include "daemon/oci/cgroup_layout.h"

namespace buoy::oci {
namespace {

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// Sets `flag` when the file is there, else notes the warning.
void Probe(const std::string& path, bool& flag, const char* warning, SysInfo& info) {
  flag = PathExists(path);
  if (!flag && warning != nullptr) info.warnings.push_back(warning);
}

void FillV1(const CgroupLayout& layout, SysInfo& info) {
  auto mount = [&](const char* controller) {
    auto found = layout.v1.find(controller);
    return found == layout.v1.end() ? std::string() : found->second + "/";
  };
  if (std::string m = mount("memory"); !m.empty()) {
    info.memory_limit = true;
    Probe(m + "memory.memsw.limit_in_bytes", info.swap_limit, "No swap limit support", info);
    Probe(m + "memory.soft_limit_in_bytes", info.memory_reservation, nullptr, info);
    Probe(m + "memory.oom_control", info.oom_kill_disable, "No oom kill disable support", info);
    Probe(m + "memory.swappiness", info.memory_swappiness, nullptr, info);
  } else {
    info.warnings.push_back("No memory limit support");
    info.warnings.push_back("No swap limit support");
    info.warnings.push_back("No oom kill disable support");
  }
  std::string cpu = mount("cpu");
  if (cpu.empty()) cpu = "/nonexistent/";
  Probe(cpu + "cpu.shares", info.cpu_shares, "No cpu shares support", info);
  Probe(cpu + "cpu.cfs_quota_us", info.cpu_cfs, "No cpu cfs quota support", info);
  if (!info.cpu_cfs) info.warnings.push_back("No cpu cfs period support");
  Probe(cpu + "cpu.rt_period_us", info.cpu_realtime, nullptr, info);
  if (std::string m = mount("blkio"); !m.empty()) {
    Probe(m + "blkio.weight", info.blkio_weight, nullptr, info);
    Probe(m + "blkio.weight_device", info.blkio_weight_device, nullptr, info);
    std::string throttle = m + "blkio.throttle.";
    Probe(throttle + "read_bps_device", info.blkio_read_bps,
          "No blkio throttle.read_bps_device support", info);
    Probe(throttle + "write_bps_device", info.blkio_write_bps,
          "No blkio throttle.write_bps_device support", info);
    Probe(throttle + "read_iops_device", info.blkio_read_iops,
          "No blkio throttle.read_iops_device support", info);
    Probe(throttle + "write_iops_device", info.blkio_write_iops,
          "No blkio throttle.write_iops_device support", info);
  }
  if (std::string m = mount("cpuset"); !m.empty()) {
    info.cpuset = true;
    info.cpuset_cpus = Trimmed(ReadFile(m + "cpuset.cpus").value_or(""));
    info.cpuset_mems = Trimmed(ReadFile(m + "cpuset.mems").value_or(""));
  } else {
    info.warnings.push_back("No cpuset support");
  }
  info.pids_limit = layout.Has("pids");
  info.devices = layout.Has("devices");
}

void FillV2(const CgroupLayout& layout, SysInfo& info) {
  info.cgroup_v2 = true;
  auto need = [&](const char* controller, const char* warning) {
    if (layout.Has(controller)) return true;
    info.warnings.push_back(warning);
    return false;
  };
  if (need("memory", "No memory limit support")) {
    info.memory_limit = info.memory_reservation = true;
    // The root cgroup has no memory.swap.max; our own has.
    std::string own = ReadFile("/proc/self/cgroup").value_or("");
    size_t at = own.rfind("0::");
    std::string path = at == std::string::npos ? "" : Trimmed(own.substr(at + 3));
    info.swap_limit = PathExists(layout.unified + path + "/memory.swap.max") || path == "/";
  }
  if (need("cpu", "No cpu cfs quota support")) info.cpu_shares = info.cpu_cfs = true;
  if (need("blkio", "No io support")) {
    info.blkio_weight = info.blkio_weight_device = true;
    info.blkio_read_bps = info.blkio_write_bps = true;
    info.blkio_read_iops = info.blkio_write_iops = true;
  }
  if (need("cpuset", "No cpuset support")) {
    info.cpuset = true;
    info.cpuset_cpus = Trimmed(ReadFile(layout.unified + "/cpuset.cpus.effective").value_or(""));
    info.cpuset_mems = Trimmed(ReadFile(layout.unified + "/cpuset.mems.effective").value_or(""));
  }
  info.pids_limit = layout.Has("pids");
  info.devices = true;
}

}  // namespace

SysInfo ReadSysInfo(const CgroupLayout& layout) {
  SysInfo info;
  if (layout.mode == CgroupMode::kV2) {
    FillV2(layout, info);
  } else {
    FillV1(layout, info);
  }
  info.cgroup_namespaces = PathExists("/proc/self/ns/cgroup");
  info.time_namespaces = PathExists("/proc/self/ns/time");
  info.ipv4_forwarding = Trimmed(ReadFile("/proc/sys/net/ipv4/ip_forward").value_or("0")) == "1";
  info.seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
  auto profiles = ReadFile("/sys/kernel/security/apparmor/profiles");
  info.apparmor = profiles.ok();
  info.apparmor_default =
      profiles.ok() && ("\n" + *profiles).find("\ndocker-default (") != std::string::npos;
  info.cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  return info;
}

}  // namespace buoy::oci
