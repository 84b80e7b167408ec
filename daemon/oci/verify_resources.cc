#include "daemon/oci/spec.h"

namespace buoy::oci {
namespace {

constexpr int64_t kMinMemory = 6 << 20;

class Checker {
 public:
  Checker(types::Resources& resources, const SysInfo& sys, bool update)
      : r_(resources), sys_(sys), update_(update) {}

  Result<Verdict> Run() {
    BUOY_TRY(Memory());
    BUOY_TRY(MemoryTuning());
    BUOY_TRY(Cpu());
    BUOY_TRY(Cpuset());
    BUOY_TRY(BlockIo());
    return std::move(verdict_);
  }

 private:
  void Warn(const char* text) { verdict_.warnings.push_back(text); }

  Status Memory() {
    if (r_.memory != 0 && r_.memory < kMinMemory) {
      return InvalidArgument("Minimum memory limit allowed is 6MB");
    }
    if (r_.memory > 0 && !sys_.memory_limit) {
      Warn(
          "Your kernel does not support memory limit capabilities or the cgroup is not mounted. "
          "Limitation discarded.");
      r_.memory = 0;
      r_.memory_swap = -1;
    }
    if (r_.memory > 0 && r_.memory_swap != -1 && !sys_.swap_limit) {
      Warn(
          "Your kernel does not support swap limit capabilities or the cgroup is not mounted. "
          "Memory limited without swap.");
      r_.memory_swap = -1;
    }
    if (r_.memory > 0 && r_.memory_swap > 0 && r_.memory_swap < r_.memory) {
      return InvalidArgument(
          "Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    if (r_.memory == 0 && r_.memory_swap > 0 && !update_) {
      return InvalidArgument(
          "You should always set the Memory limit when using Memoryswap limit, see usage");
    }
    if (r_.memory_reservation > 0 && !sys_.memory_reservation) {
      Warn(
          "Your kernel does not support memory soft limit capabilities or the cgroup is not "
          "mounted. Limitation discarded.");
      r_.memory_reservation = 0;
    }
    if (r_.memory_reservation > 0 && r_.memory_reservation < kMinMemory) {
      return InvalidArgument("Minimum memory reservation allowed is 6MB");
    }
    if (r_.memory > 0 && r_.memory_reservation > 0 && r_.memory < r_.memory_reservation) {
      return InvalidArgument(
          "Minimum memory limit can not be less than memory reservation limit, see usage");
    }
    return Ok();
  }

  Status MemoryTuning() {
    if (r_.memory_swappiness && *r_.memory_swappiness == -1) r_.memory_swappiness.reset();
    if (r_.memory_swappiness && !sys_.memory_swappiness) {
      Warn(
          "Your kernel does not support memory swappiness capabilities or the cgroup is not "
          "mounted. Memory swappiness discarded.");
      r_.memory_swappiness.reset();
    }
    if (r_.memory_swappiness && (*r_.memory_swappiness < 0 || *r_.memory_swappiness > 100)) {
      return InvalidArgument("Invalid value: " + std::to_string(*r_.memory_swappiness) +
                             ", valid memory swappiness range is 0-100");
    }
    if (r_.oom_kill_disable && !sys_.oom_kill_disable) {
      if (*r_.oom_kill_disable) {
        Warn("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
      }
      r_.oom_kill_disable.reset();
    }
    if (r_.oom_kill_disable && *r_.oom_kill_disable && r_.memory == 0) {
      Warn(
          "OOM killer is disabled for the container, but no memory limit is set, this can result "
          "in the system running out of resources.");
    }
    if (r_.pids_limit && !sys_.pids_limit) {
      if (*r_.pids_limit > 0) {
        Warn(
            "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. "
            "PIDs limit discarded.");
      }
      r_.pids_limit.reset();
    }
    return Ok();
  }

  Status Cpu() {
    if (r_.nano_cpus > 0 && r_.cpu_period > 0) {
      return InvalidArgument("Conflicting options: Nano CPUs and CPU Period cannot both be set");
    }
    if (r_.nano_cpus > 0 && r_.cpu_quota > 0) {
      return InvalidArgument("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
    }
    if (r_.nano_cpus > 0 && !sys_.cpu_cfs) {
      return InvalidArgument(
          "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the "
          "cgroup is not mounted");
    }
    if (r_.nano_cpus < 0 || r_.nano_cpus > int64_t{sys_.cpus} * 1000000000) {
      std::string cpus = std::to_string(sys_.cpus);
      return InvalidArgument("range of CPUs is from 0.01 to " + cpus + ".00, as there are only " +
                             cpus + " CPUs available");
    }
    if (r_.cpu_shares > 0 && !sys_.cpu_shares) {
      Warn(
          "Your kernel does not support CPU shares or the cgroup is not mounted. Shares "
          "discarded.");
      r_.cpu_shares = 0;
    }
    if ((r_.cpu_period != 0 || r_.cpu_quota != 0) && !sys_.cpu_cfs) {
      Warn("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
      r_.cpu_period = r_.cpu_quota = 0;
    }
    if (r_.cpu_period != 0 && (r_.cpu_period < 1000 || r_.cpu_period > 1000000)) {
      return InvalidArgument(
          "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
    }
    if (r_.cpu_quota > 0 && r_.cpu_quota < 1000) {
      return InvalidArgument("CPU cfs quota can not be less than 1ms (i.e. 1000)");
    }
    if (r_.cpu_percent > 0) {
      Warn("linux does not support CPU percent. Percent discarded.");
      r_.cpu_percent = 0;
    }
    return Ok();
  }

  // Every number asked for is among the available ones.
  static Status CheckList(const std::string& asked, const std::string& available, const char* what,
                          const char* unavailable) {
    if (asked.empty()) return Ok();
    BUOY_ASSIGN_CONTEXT(auto wanted, ParseCpuList(asked),
                        "Invalid value " + asked + " for cpuset " + what);
    BUOY_ASSIGN(auto present, ParseCpuList(available));
    for (int number : wanted) {
      if (!present.contains(number)) {
        return InvalidArgument(std::string(unavailable) + " are not available - requested " +
                               asked + ", available: " + available);
      }
    }
    return Ok();
  }

  Status Cpuset() {
    if ((!r_.cpuset_cpus.empty() || !r_.cpuset_mems.empty()) && !sys_.cpuset) {
      Warn("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
      r_.cpuset_cpus.clear();
      r_.cpuset_mems.clear();
    }
    BUOY_TRY(CheckList(r_.cpuset_cpus, sys_.cpuset_cpus, "cpus", "Requested CPUs"));
    return CheckList(r_.cpuset_mems, sys_.cpuset_mems, "mems", "Requested memory nodes");
  }

  template <class T>
  void Discard(T& list, bool supported, const char* warning) {
    if (list.empty() || supported) return;
    Warn(warning);
    list.clear();
  }

  Status BlockIo() {
    if (r_.blkio_weight > 0 && !sys_.blkio_weight) {
      Warn(
          "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight "
          "discarded.");
      r_.blkio_weight = 0;
    }
    if (r_.blkio_weight > 0 && (r_.blkio_weight < 10 || r_.blkio_weight > 1000)) {
      return InvalidArgument("Range of blkio weight is from 10 to 1000");
    }
    if (r_.io_maximum_bandwidth != 0 || r_.io_maximum_iops != 0) {
      return InvalidArgument(
          "Invalid QoS settings: linux does not support Maximum IO Bandwidth or Maximum IO IOps");
    }
    Discard(r_.blkio_weight_device, sys_.blkio_weight_device,
            "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. "
            "Weight-device discarded.");
    Discard(r_.blkio_device_read_bps, sys_.blkio_read_bps,
            "Your kernel does not support BPS Block I/O read limit or the cgroup is not mounted. "
            "Block I/O BPS read limit discarded.");
    Discard(r_.blkio_device_write_bps, sys_.blkio_write_bps,
            "Your kernel does not support BPS Block I/O write limit or the cgroup is not mounted. "
            "Block I/O BPS write limit discarded.");
    Discard(r_.blkio_device_read_iops, sys_.blkio_read_iops,
            "Your kernel does not support IOPS Block read limit or the cgroup is not mounted. "
            "Block I/O IOPS read limit discarded.");
    Discard(r_.blkio_device_write_iops, sys_.blkio_write_iops,
            "Your kernel does not support IOPS Block write limit or the cgroup is not mounted. "
            "Block I/O IOPS write limit discarded.");
    return Ok();
  }

  types::Resources& r_;
  const SysInfo& sys_;
  bool update_;
  Verdict verdict_;
};

}  // namespace

Result<Verdict> VerifyResources(types::Resources& resources, const SysInfo& sys_info, bool update) {
  return Checker(resources, sys_info, update).Run();
}

}  // namespace buoy::oci
