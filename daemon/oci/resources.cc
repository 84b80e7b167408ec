#include "daemon/oci/resources.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "daemon/oci/spec.h"

namespace buoy::oci {
namespace {

std::optional<SpecMemory> Memory(const types::Resources& from) {
  SpecMemory memory;
  if (from.memory > 0) memory.limit = from.memory;
  if (from.memory_reservation > 0) memory.reservation = from.memory_reservation;
  if (from.memory_swap > 0) memory.swap = from.memory_swap;
  if (from.memory_swappiness) memory.swappiness = static_cast<uint64_t>(*from.memory_swappiness);
  if (from.oom_kill_disable) memory.disable_oom_killer = from.oom_kill_disable;
  if (!memory.limit && !memory.reservation && !memory.swap && !memory.swappiness &&
      !memory.disable_oom_killer) {
    return std::nullopt;
  }
  return memory;
}

Result<std::optional<SpecCpu>> Cpu(const types::Resources& from) {
  if (from.cpu_shares < 0) {
    return InvalidArgument("invalid CPU shares (" + std::to_string(from.cpu_shares) +
                           "): value must be a positive integer");
  }
  SpecCpu cpu;
  bool any = from.cpu_shares || from.nano_cpus > 0 || from.cpu_period || from.cpu_quota ||
             from.cpu_realtime_period || from.cpu_realtime_runtime || !from.cpuset_cpus.empty() ||
             !from.cpuset_mems.empty();
  if (!any) return std::optional<SpecCpu>();
  if (from.cpu_shares) cpu.shares = static_cast<uint64_t>(from.cpu_shares);
  if (from.nano_cpus > 0) {
    constexpr int64_t kPeriod = 100000;  // µs
    cpu.period = kPeriod;
    cpu.quota = from.nano_cpus * kPeriod / 1000000000;
  }
  if (from.cpu_period) cpu.period = static_cast<uint64_t>(from.cpu_period);
  if (from.cpu_quota) cpu.quota = from.cpu_quota;
  if (from.cpu_realtime_period) {
    cpu.realtime_period = static_cast<uint64_t>(from.cpu_realtime_period);
  }
  if (from.cpu_realtime_runtime) cpu.realtime_runtime = from.cpu_realtime_runtime;
  cpu.cpus = from.cpuset_cpus;
  cpu.mems = from.cpuset_mems;
  return std::optional<SpecCpu>(std::move(cpu));
}

Result<dev_t> DeviceNumber(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return ErrnoError("stat " + path, errno).WithKind(ErrorKind::kInvalidArgument);
  }
  return info.st_rdev;
}

Status Throttle(const std::vector<types::ThrottleDevice>& from,
                std::vector<SpecThrottleDevice>& to) {
  for (const auto& device : from) {
    BUOY_ASSIGN(dev_t number, DeviceNumber(device.path));
    to.push_back({gnu_dev_major(number), gnu_dev_minor(number), device.rate});
  }
  return Ok();
}

Result<std::optional<SpecBlockIo>> BlockIo(const types::Resources& from) {
  SpecBlockIo io;
  if (from.blkio_weight) io.weight = from.blkio_weight;
  for (const auto& device : from.blkio_weight_device) {
    BUOY_ASSIGN(dev_t number, DeviceNumber(device.path));
    io.weight_device.push_back({gnu_dev_major(number), gnu_dev_minor(number), device.weight});
  }
  BUOY_TRY(Throttle(from.blkio_device_read_bps, io.read_bps));
  BUOY_TRY(Throttle(from.blkio_device_write_bps, io.write_bps));
  BUOY_TRY(Throttle(from.blkio_device_read_iops, io.read_iops));
  BUOY_TRY(Throttle(from.blkio_device_write_iops, io.write_iops));
  if (!io.weight && io.weight_device.empty() && io.read_bps.empty() && io.write_bps.empty() &&
      io.read_iops.empty() && io.write_iops.empty()) {
    return std::optional<SpecBlockIo>();
  }
  return std::optional<SpecBlockIo>(std::move(io));
}

}  // namespace

Status FillResources(const types::Resources& from, SpecResources& to) {
  to.memory = Memory(from);
  BUOY_ASSIGN(to.cpu, Cpu(from));
  BUOY_ASSIGN(to.block_io, BlockIo(from));
  // 0 and -1 = unlimited; the runtimes want -1.
  if (from.pids_limit) to.pids = SpecPids{*from.pids_limit > 0 ? *from.pids_limit : -1};
  return Ok();
}

Result<std::string> UpdateResourcesJson(const types::Resources& resources) {
  SpecResources spec;
  BUOY_TRY(FillResources(resources, spec));
  if (spec.memory) {  // cannot change while it runs
    spec.memory->swappiness.reset();
    spec.memory->disable_oom_killer.reset();
  }
  return ResourcesToJson(spec);
}

}  // namespace buoy::oci
