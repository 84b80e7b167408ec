#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/json/list.h"

// GET /containers/{id}/stats, keys in the order of Docker's StatsResponse.
namespace buoy::types {

struct ThrottlingData {
  uint64_t periods = 0;
  uint64_t throttled_periods = 0;
  uint64_t throttled_time = 0;  // ns
};
struct CpuUsage {
  uint64_t total_usage = 0;  // ns
  std::vector<uint64_t> percpu_usage;
  uint64_t usage_in_kernelmode = 0;
  uint64_t usage_in_usermode = 0;
};
struct CpuStats {
  CpuUsage cpu_usage;
  uint64_t system_cpu_usage = 0;  // ns, of the host
  uint32_t online_cpus = 0;
  ThrottlingData throttling_data;
};
struct MemoryStats {
  uint64_t usage = 0;
  uint64_t max_usage = 0;
  json::Map<uint64_t> stats;  // memory.stat
  uint64_t failcnt = 0;
  uint64_t limit = 0;
};
struct BlkioStatEntry {
  uint64_t major = 0;
  uint64_t minor = 0;
  std::string op;
  uint64_t value = 0;
};
struct BlkioStats {
  json::List<BlkioStatEntry> io_service_bytes_recursive;
  json::List<BlkioStatEntry> io_serviced_recursive;
  json::List<BlkioStatEntry> io_queue_recursive;
  json::List<BlkioStatEntry> io_service_time_recursive;
  json::List<BlkioStatEntry> io_wait_time_recursive;
  json::List<BlkioStatEntry> io_merged_recursive;
  json::List<BlkioStatEntry> io_time_recursive;
  json::List<BlkioStatEntry> sectors_recursive;
};
struct NetworkStats {
  uint64_t rx_bytes = 0, rx_packets = 0, rx_errors = 0, rx_dropped = 0;
  uint64_t tx_bytes = 0, tx_packets = 0, tx_errors = 0, tx_dropped = 0;
};
struct PidsStats {
  uint64_t current = 0;
  uint64_t limit = 0;  // 0 = none
};
struct StorageStats {};  // Windows only, always {}

struct StatsResponse {
  std::string id;
  std::string name;
  std::string os_type;
  std::string read = "0001-01-01T00:00:00Z";
  CpuStats cpu_stats;
  MemoryStats memory_stats;
  json::Map<NetworkStats> networks;
  PidsStats pids_stats;
  BlkioStats blkio_stats;
  uint32_t num_procs = 0;
  StorageStats storage_stats;
  std::string preread = "0001-01-01T00:00:00Z";
  CpuStats precpu_stats;
};

}  // namespace buoy::types
