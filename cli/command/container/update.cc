#include "cli/command/container/container.h"
#include "cli/command/each.h"
#include "cli/command/list.h"
#include "cli/flags/units.h"
#include "cli/opts/cpus.h"
#include "cli/opts/ulimit.h"

namespace buoy::cli {
namespace {

struct Options {
  uint64_t blkio_weight = 0;
  int64_t cpu_period = 0, cpu_quota = 0, rt_period = 0, rt_runtime = 0, cpu_shares = 0,
          nano_cpus = 0, memory = 0, reservation = 0, swap = 0, kernel = 0, pids_limit = 0;
  std::string cpuset_cpus, cpuset_mems, restart;
};

Result<Value> Body(const Options& options, const FlagSet& flags) {
  Value policy = Value::Object();
  if (!options.restart.empty()) {
    BUOY_ASSIGN(auto parsed, opts::ParseRestartPolicy(options.restart));
    policy.Set("Name", parsed.name).Set("MaximumRetryCount", parsed.maximum_retry_count);
  }
  Value body = Value::Object();
  auto set = [&](const char* flag, const char* key, Value value) {
    if (flags.Changed(flag)) body.Set(key, std::move(value));
  };
  set("blkio-weight", "BlkioWeight", static_cast<int64_t>(options.blkio_weight));
  set("cpu-period", "CpuPeriod", options.cpu_period);
  set("cpu-quota", "CpuQuota", options.cpu_quota);
  set("cpu-rt-period", "CpuRealtimePeriod", options.rt_period);
  set("cpu-rt-runtime", "CpuRealtimeRuntime", options.rt_runtime);
  set("cpu-shares", "CpuShares", options.cpu_shares);
  set("cpus", "NanoCpus", options.nano_cpus);
  set("cpuset-cpus", "CpusetCpus", options.cpuset_cpus);
  set("cpuset-mems", "CpusetMems", options.cpuset_mems);
  set("memory", "Memory", options.memory);
  set("memory-reservation", "MemoryReservation", options.reservation);
  set("memory-swap", "MemorySwap", options.swap);
  set("kernel-memory", "KernelMemory", options.kernel);
  set("pids-limit", "PidsLimit", options.pids_limit);
  body.Set("RestartPolicy", policy);
  return body;
}

Result<int> Run(Invocation& in, const Options& options) {
  bool any = false;
  in.flags.ForEach([&](Flag& flag) { any = any || flag.changed; });
  if (!any) {
    return InvalidArgument("you must provide one or more flags when using this command");
  }
  BUOY_ASSIGN(Value body, Body(options, in.flags));
  ErrorList errors;
  std::string warnings;
  for (const std::string& id : in.args) {
    BUOY_ASSIGN(std::string path, ContainerPath(id, "/update"));
    auto reply = in.cli.Do("POST", path, {}, body.Dump(true));
    if (!reply.ok()) {
      errors.Add(reply.error());
      continue;
    }
    in.cli.Out(id + "\n");
    auto answer = Value::Parse(reply->body);
    if (!answer.ok()) continue;
    for (const Value& warning : answer->At("Warnings").List()) {
      warnings += (warnings.empty() ? "" : "\n") + warning.Str();
    }
  }
  if (!warnings.empty()) in.cli.Err(warnings + "\n");
  return errors.Finish();
}

void AddFlags(FlagSet& flags, Options& o) {
  flags.Uint(&o.blkio_weight, "blkio-weight", 0,
             "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", 16);
  flags.Int(&o.cpu_period, "cpu-period", 0, "Limit CPU CFS (Completely Fair Scheduler) period");
  flags.Int(&o.cpu_quota, "cpu-quota", 0, "Limit CPU CFS (Completely Fair Scheduler) quota");
  flags.Int(&o.rt_period, "cpu-rt-period", 0, "Limit the CPU real-time period in microseconds");
  flags.Int(&o.rt_runtime, "cpu-rt-runtime", 0, "Limit the CPU real-time runtime in microseconds");
  flags.String(&o.cpuset_cpus, "cpuset-cpus", 0, "CPUs in which to allow execution (0-3, 0,1)");
  flags.String(&o.cpuset_mems, "cpuset-mems", 0, "MEMs in which to allow execution (0-3, 0,1)");
  flags.Int(&o.cpu_shares, "cpu-shares", 'c', "CPU shares (relative weight)");
  flags.Bytes(&o.memory, "memory", 'm', "Memory limit");
  flags.Bytes(&o.reservation, "memory-reservation", 0, "Memory soft limit");
  flags.Custom("memory-swap", 0, "bytes",
               "Swap limit equal to memory plus swap: -1 to enable unlimited swap",
               [&o](const std::string& text) -> Status {
                 o.swap = -1;
                 if (text == "-1") return Ok();
                 BUOY_ASSIGN(o.swap, RamInBytes(text));
                 return Ok();
               });
  flags.Bytes(&o.kernel, "kernel-memory", 0, "Kernel memory limit (deprecated)").Hide();
  flags.String(&o.restart, "restart", 0, "Restart policy to apply when a container exits");
  flags.Int(&o.pids_limit, "pids-limit", 0, "Tune container pids limit (set -1 for unlimited)");
  flags.Custom("cpus", 0, "decimal", "Number of CPUs", [&o](const std::string& text) -> Status {
    BUOY_ASSIGN(o.nano_cpus, opts::ParseCpus(text));
    return Ok();
  });
}

}  // namespace

Command ContainerUpdate() {
  auto options = std::make_shared<Options>();
  return {.use = "update [OPTIONS] CONTAINER [CONTAINER...]",
          .brief = "Update configuration of one or more containers",
          .full_names = "container update, update",
          .args = MinArgs(1),
          .flags = [options](FlagSet& flags) { AddFlags(flags, *options); },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
