#include "common/types/stats.h"

#include "common/json/codec.h"

namespace buoy::types {

template <class V>
void Fields(V& v, ThrottlingData& s) {
  v("periods", s.periods);
  v("throttled_periods", s.throttled_periods);
  v("throttled_time", s.throttled_time);
}
template <class V>
void Fields(V& v, CpuUsage& s) {
  v("total_usage", s.total_usage);
  v("percpu_usage", s.percpu_usage, json::kOmitEmpty);
  v("usage_in_kernelmode", s.usage_in_kernelmode);
  v("usage_in_usermode", s.usage_in_usermode);
}
template <class V>
void Fields(V& v, CpuStats& s) {
  v("cpu_usage", s.cpu_usage);
  v("system_cpu_usage", s.system_cpu_usage, json::kOmitEmpty);
  v("online_cpus", s.online_cpus, json::kOmitEmpty);
  v("throttling_data", s.throttling_data);
}
template <class V>
void Fields(V& v, MemoryStats& s) {
  v("usage", s.usage, json::kOmitEmpty);
  v("max_usage", s.max_usage, json::kOmitEmpty);
  v("stats", s.stats, json::kOmitEmpty);
  v("failcnt", s.failcnt, json::kOmitEmpty);
  v("limit", s.limit, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, BlkioStatEntry& s) {
  v("major", s.major);
  v("minor", s.minor);
  v("op", s.op);
  v("value", s.value);
}
template <class V>
void Fields(V& v, BlkioStats& s) {
  v("io_service_bytes_recursive", s.io_service_bytes_recursive);
  v("io_serviced_recursive", s.io_serviced_recursive);
  v("io_queue_recursive", s.io_queue_recursive);
  v("io_service_time_recursive", s.io_service_time_recursive);
  v("io_wait_time_recursive", s.io_wait_time_recursive);
  v("io_merged_recursive", s.io_merged_recursive);
  v("io_time_recursive", s.io_time_recursive);
  v("sectors_recursive", s.sectors_recursive);
}
template <class V>
void Fields(V& v, NetworkStats& s) {
  v("rx_bytes", s.rx_bytes);
  v("rx_packets", s.rx_packets);
  v("rx_errors", s.rx_errors);
  v("rx_dropped", s.rx_dropped);
  v("tx_bytes", s.tx_bytes);
  v("tx_packets", s.tx_packets);
  v("tx_errors", s.tx_errors);
  v("tx_dropped", s.tx_dropped);
}
template <class V>
void Fields(V& v, PidsStats& s) {
  v("current", s.current, json::kOmitEmpty);
  v("limit", s.limit, json::kOmitEmpty);
}
template <class V>
void Fields(V&, StorageStats&) {}
template <class V>
void Fields(V& v, StatsResponse& s) {
  v("id", s.id, json::kOmitEmpty);
  v("name", s.name, json::kOmitEmpty);
  v("os_type", s.os_type, json::kOmitEmpty);
  v("read", s.read);
  v("cpu_stats", s.cpu_stats);
  v("memory_stats", s.memory_stats);
  v("networks", s.networks, json::kOmitEmpty);
  v("pids_stats", s.pids_stats);
  v("blkio_stats", s.blkio_stats);
  v("num_procs", s.num_procs);
  v("storage_stats", s.storage_stats);
  v("preread", s.preread);
  v("precpu_stats", s.precpu_stats);
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::StatsResponse)

}  // namespace buoy
