#include "daemon/oci/stats.h"

#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <sstream>

#include "common/unix/file.h"

namespace buoy::oci {
namespace {

constexpr uint64_t kNanosecond = 1000000000;

// Missing files count as 0, "max" as the largest number.
uint64_t ReadNumber(const std::string& path) {
  auto text = ReadFile(path, 4096);
  if (!text.ok()) return 0;
  return text->starts_with("max") ? UINT64_MAX : strtoull(text->c_str(), nullptr, 10);
}

// "key value" lines.
void ReadPairs(const std::string& path,
               const std::function<void(const std::string&, uint64_t)>& visit) {
  auto text = ReadFile(path, 1u << 20);
  if (!text.ok()) return;
  std::istringstream stream(*text);
  std::string key;
  uint64_t value = 0;
  while (stream >> key >> value) visit(key, value);
}

uint64_t TicksToNanoseconds(uint64_t ticks) {
  static const uint64_t kPerSecond = static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
  return ticks * (kNanosecond / kPerSecond);
}

// The host's whole CPU time: user, nice, system, idle, iowait, irq, softirq.
uint64_t SystemUsage() {
  auto text = ReadFile("/proc/stat", 1u << 20);
  if (!text.ok()) return 0;
  std::istringstream stream(*text);
  std::string label;
  stream >> label;
  uint64_t total = 0, value = 0;
  for (int i = 0; i < 7 && stream >> value; ++i) total += value;
  return TicksToNanoseconds(total);
}

uint64_t HostMemory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void ReadCpuV1(const CgroupPaths& paths, types::CpuStats& cpu) {
  if (!paths.cpuacct.empty()) {
    cpu.cpu_usage.total_usage = ReadNumber(paths.cpuacct + "/cpuacct.usage");
    std::istringstream percpu(ReadFile(paths.cpuacct + "/cpuacct.usage_percpu").value_or(""));
    uint64_t value = 0;
    while (percpu >> value) cpu.cpu_usage.percpu_usage.push_back(value);
    ReadPairs(paths.cpuacct + "/cpuacct.stat", [&](const std::string& key, uint64_t ticks) {
      if (key == "user") cpu.cpu_usage.usage_in_usermode = TicksToNanoseconds(ticks);
      if (key == "system") cpu.cpu_usage.usage_in_kernelmode = TicksToNanoseconds(ticks);
    });
  }
  if (paths.cpu.empty()) return;
  ReadPairs(paths.cpu + "/cpu.stat", [&](const std::string& key, uint64_t number) {
    if (key == "nr_periods") cpu.throttling_data.periods = number;
    if (key == "nr_throttled") cpu.throttling_data.throttled_periods = number;
    if (key == "throttled_time") cpu.throttling_data.throttled_time = number;
  });
}

void ReadCpuV2(const CgroupPaths& paths, types::CpuStats& cpu) {
  ReadPairs(paths.cpu + "/cpu.stat", [&](const std::string& key, uint64_t value) {
    if (key == "usage_usec") cpu.cpu_usage.total_usage = value * 1000;
    if (key == "user_usec") cpu.cpu_usage.usage_in_usermode = value * 1000;
    if (key == "system_usec") cpu.cpu_usage.usage_in_kernelmode = value * 1000;
    if (key == "nr_periods") cpu.throttling_data.periods = value;
    if (key == "nr_throttled") cpu.throttling_data.throttled_periods = value;
    if (key == "throttled_usec") cpu.throttling_data.throttled_time = value * 1000;
  });
}

void ReadMemory(bool v2, const CgroupPaths& paths, types::MemoryStats& memory) {
  if (paths.memory.empty()) return;
  const std::string& folder = paths.memory;
  memory.usage = ReadNumber(folder + (v2 ? "/memory.current" : "/memory.usage_in_bytes"));
  memory.limit = ReadNumber(folder + (v2 ? "/memory.max" : "/memory.limit_in_bytes"));
  if (v2) {
    ReadPairs(folder + "/memory.events", [&](const std::string& key, uint64_t value) {
      if (key == "oom") memory.failcnt = value;
    });
  } else {
    memory.max_usage = ReadNumber(folder + "/memory.max_usage_in_bytes");
    memory.failcnt = ReadNumber(folder + "/memory.failcnt");
  }
  uint64_t host = HostMemory();
  if (memory.limit == 0 || memory.limit > host) memory.limit = host;
  ReadPairs(folder + "/memory.stat",
            [&](const std::string& key, uint64_t value) { memory.stats[key] = value; });
}

// "8:0 Read 4096" lines; the closing "Total N" is not a device's.
json::List<types::BlkioStatEntry> ReadBlkioFile(const std::string& path) {
  auto entries = json::List<types::BlkioStatEntry>::Empty();
  std::istringstream stream(ReadFile(path, 1u << 20).value_or(""));
  std::string line;
  while (std::getline(stream, line)) {
    types::BlkioStatEntry entry;
    char colon = 0;
    std::istringstream fields(line);
    if (fields >> entry.major >> colon >> entry.minor >> entry.op >> entry.value && colon == ':') {
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

void ReadBlkioV1(const CgroupPaths& paths, types::BlkioStats& io) {
  if (paths.blkio.empty()) return;
  io.io_service_bytes_recursive =
      ReadBlkioFile(paths.blkio + "/blkio.throttle.io_service_bytes_recursive");
  io.io_serviced_recursive = ReadBlkioFile(paths.blkio + "/blkio.throttle.io_serviced_recursive");
  io.io_queue_recursive = ReadBlkioFile(paths.blkio + "/blkio.io_queued_recursive");
  io.io_service_time_recursive = ReadBlkioFile(paths.blkio + "/blkio.io_service_time_recursive");
  io.io_wait_time_recursive = ReadBlkioFile(paths.blkio + "/blkio.io_wait_time_recursive");
  io.io_merged_recursive = ReadBlkioFile(paths.blkio + "/blkio.io_merged_recursive");
  io.io_time_recursive = ReadBlkioFile(paths.blkio + "/blkio.time_recursive");
  io.sectors_recursive = ReadBlkioFile(paths.blkio + "/blkio.sectors_recursive");
}

// "8:0 rbytes=1 wbytes=2 ..." lines.
void ReadBlkioV2(const CgroupPaths& paths, types::BlkioStats& io) {
  std::istringstream stream(ReadFile(paths.blkio + "/io.stat", 1u << 20).value_or(""));
  std::string line;
  while (std::getline(stream, line)) {
    std::istringstream fields(line);
    uint64_t major = 0, minor = 0;
    char colon = 0;
    if (!(fields >> major >> colon >> minor) || colon != ':') continue;
    std::string pair;
    while (fields >> pair) {
      uint64_t value = strtoull(pair.c_str() + pair.find('=') + 1, nullptr, 10);
      if (pair.starts_with("rbytes=")) {
        io.io_service_bytes_recursive.push_back({major, minor, "read", value});
      } else if (pair.starts_with("wbytes=")) {
        io.io_service_bytes_recursive.push_back({major, minor, "write", value});
      }
    }
  }
}

}  // namespace

Status ReadCgroupStats(const CgroupLayout& layout, const CgroupPaths& paths,
                       types::StatsResponse& stats) {
  bool v2 = layout.mode == CgroupMode::kV2;
  stats.cpu_stats = {};
  stats.memory_stats = {};
  stats.blkio_stats = {};
  stats.pids_stats = {};
  if (v2) {
    ReadCpuV2(paths, stats.cpu_stats);
    ReadBlkioV2(paths, stats.blkio_stats);
  } else {
    ReadCpuV1(paths, stats.cpu_stats);
    ReadBlkioV1(paths, stats.blkio_stats);
  }
  ReadMemory(v2, paths, stats.memory_stats);
  if (!paths.pids.empty()) {
    stats.pids_stats.current = ReadNumber(paths.pids + "/pids.current");
    uint64_t limit = ReadNumber(paths.pids + "/pids.max");
    // "max": Docker shows 0 on v1, the largest number on v2.
    stats.pids_stats.limit = limit == UINT64_MAX && !v2 ? 0 : limit;
  }
  stats.cpu_stats.system_cpu_usage = SystemUsage();
  stats.cpu_stats.online_cpus = static_cast<uint32_t>(sysconf(_SC_NPROCESSORS_ONLN));
  return Ok();
}

}  // namespace buoy::oci
