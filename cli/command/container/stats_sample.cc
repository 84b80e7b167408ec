#include "cli/command/container/stats_sample.h"

#include <cstdio>

#include "cli/command/list.h"
#include "cli/flags/units.h"
#include "common/digest/digest.h"

namespace buoy::cli {
namespace {

double CpuPercent(const Value& stats) {
  const Value& now = stats.At("cpu_stats");
  const Value& before = stats.At("precpu_stats");
  double cpu =
      now.At("cpu_usage", "total_usage").Number() - before.At("cpu_usage", "total_usage").Number();
  double system = now.At("system_cpu_usage").Number() - before.At("system_cpu_usage").Number();
  double online = now.At("online_cpus").Number();
  if (online == 0) {
    online = static_cast<double>(now.At("cpu_usage", "percpu_usage").List().size());
  }
  return system > 0 && cpu > 0 ? cpu / system * online * 100 : 0;
}

// Without the page cache that can be taken back at once.
double UsedMemory(const Value& memory) {
  double usage = memory.At("usage").Number();
  const Value& details = memory.At("stats");
  const Value* inactive = details.Find("total_inactive_file");  // cgroup v1
  if (inactive == nullptr) inactive = details.Find("inactive_file");
  if (inactive == nullptr || inactive->Number() >= usage) return usage;
  return usage - inactive->Number();
}

std::string Percent(double value) {
  char text[64];
  snprintf(text, sizeof text, "%.2f%%", value);
  return text;
}

}  // namespace

StatsSample SampleOf(const std::string& container, const Value& stats) {
  StatsSample out;
  out.container = container;
  out.id = stats.Str("id");
  out.name = stats.Str("name");
  if (out.name.starts_with('/')) out.name.erase(0, 1);
  out.cpu_percent = CpuPercent(stats);
  const Value& memory = stats.At("memory_stats");
  out.memory = UsedMemory(memory);
  out.memory_limit = memory.At("limit").Number();
  if (out.memory_limit > 0) out.memory_percent = out.memory / out.memory_limit * 100;
  for (const auto& [name, network] : stats.At("networks").Fields()) {
    out.net_in += network.At("rx_bytes").Number();
    out.net_out += network.At("tx_bytes").Number();
  }
  for (const Value& entry : stats.At("blkio_stats", "io_service_bytes_recursive").List()) {
    char op = entry.Str("op").empty() ? ' ' : entry.Str("op")[0];
    if (op == 'r' || op == 'R') out.block_in += entry.At("value").Number();
    if (op == 'w' || op == 'W') out.block_out += entry.At("value").Number();
  }
  out.pids = static_cast<uint64_t>(stats.At("pids_stats", "current").Number());
  out.valid = true;
  return out;
}

Value StatsRow(const StatsSample& s, bool trunc) {
  static const auto* type = new std::shared_ptr<const GoType>(
      std::make_shared<GoType>(GoType{"*container.statsContext", {}, {}}));
  auto shown = [&](const std::string& text, const char* otherwise) {
    return s.valid ? text : std::string(otherwise);
  };
  auto pair = [](const std::string& a, const std::string& b) { return a + " / " + b; };
  Value row = Value::Object();
  row.Set("BlockIO", shown(pair(HumanSize(s.block_in, 3), HumanSize(s.block_out, 3)), "--"))
      .Set("CPUPerc", shown(Percent(s.cpu_percent), "--"))
      .Set("Container", s.container)
      .Set("ID", trunc ? ShortId(s.id) : s.id)
      .Set("MemPerc", shown(Percent(s.memory_percent), "--"))
      .Set("MemUsage", shown(pair(BytesSize(s.memory), BytesSize(s.memory_limit)), "-- / --"))
      .Set("Name", s.name.empty() ? "--" : s.name)
      .Set("NetIO", shown(pair(HumanSize(s.net_in, 3), HumanSize(s.net_out, 3)), "--"))
      .Set("PIDs", shown(std::to_string(s.pids), "--"));
  return row.WithType(*type);
}

Value StatsHeader() {
  return HeaderOf({{"Container", "CONTAINER"},
                   {"ID", "CONTAINER ID"},
                   {"Name", "NAME"},
                   {"CPUPerc", "CPU %"},
                   {"MemUsage", "MEM USAGE / LIMIT"},
                   {"MemPerc", "MEM %"},
                   {"NetIO", "NET I/O"},
                   {"BlockIO", "BLOCK I/O"},
                   {"PIDs", "PIDS"}});
}

}  // namespace buoy::cli
