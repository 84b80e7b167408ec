#include "daemon/container/observe.h"

#include <poll.h>

#include <cstdlib>
#include <sstream>

#include "common/gotime/time.h"
#include "common/json/json.h"
#include "common/types/stats.h"
#include "common/unix/file.h"
#include "daemon/container/subprocess.h"
#include "daemon/oci/cgroup_layout.h"
#include "daemon/oci/stats.h"

namespace buoy::container {
namespace {

std::vector<std::string> SplitFields(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> fields;
  for (std::string field; in >> field;) fields.push_back(field);
  return fields;
}

void AddProcess(std::vector<std::string> fields, types::ContainerTop& top) {
  // What hangs over belongs to the last column.
  while (fields.size() > top.titles.size()) {
    std::string last = std::move(fields.back());
    fields.pop_back();
    fields.back() += " " + last;
  }
  top.processes.push_back(std::move(fields));
}

// "-o uid=PID" could hide which column the pids are in.
Status CheckPsArgs(const std::string& args) {
  for (const auto& word : SplitFields(args)) {
    size_t equals = word.find('=');
    if (equals == std::string::npos || word.compare(equals + 1, 3, "PID") != 0) continue;
    if (word.substr(0, equals) != "pid") {
      return Internal("specifying \"" + word + "\" is not allowed");
    }
  }
  return Ok();
}

void ReadNetwork(int pid, types::StatsResponse& stats) {
  auto text = ReadFile("/proc/" + std::to_string(pid) + "/net/dev");
  if (!text.ok()) return;
  std::istringstream in(*text);
  std::string line;
  while (std::getline(in, line)) {
    size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string name = line.substr(line.find_first_not_of(' '), colon);
    name = name.substr(0, name.find(':'));
    if (name == "lo") continue;
    std::istringstream numbers(line.substr(colon + 1));
    uint64_t values[16] = {};
    for (uint64_t& value : values) numbers >> value;
    stats.networks[name] = {values[0], values[1], values[2],  values[3],
                            values[8], values[9], values[10], values[11]};
  }
  stats.networks.is_null = false;
}

// By itself or through the container whose network it has joined.
bool SharesHostNetwork(Engine& engine, const ContainerData& data) {
  std::string mode = data.host_config.network_mode;
  for (int depth = 0; depth < 16 && mode.starts_with("container:"); ++depth) {
    auto other = engine.registry.Find(mode.substr(sizeof "container:" - 1));
    if (!other.ok()) return true;
    mode = (*other)->Snapshot().host_config.network_mode;
  }
  return mode == "host";
}

types::StatsResponse Sample(Engine& engine, const ContainerData& data) {
  types::StatsResponse stats;
  stats.id = data.id;
  stats.name = "/" + data.name;
  stats.os_type = "linux";
  if (!IsRunning(data.state) || data.pid == 0) return stats;
  auto settings = engine.options();
  (void)oci::ReadCgroupStats(settings->host.cgroups, CgroupOf(*settings, data), stats);
  if (!SharesHostNetwork(engine, data)) ReadNetwork(data.pid, stats);
  stats.read = gotime::FormatRfc3339Nano(gotime::Now());
  return stats;
}

// Waits a second; true = the client has gone.
bool PauseOrGone(int fd) {
  pollfd poller{fd, POLLRDHUP, 0};
  return poll(&poller, 1, 1000) > 0;
}

// The same in a stream, which is over as well when it is interrupted.
bool PauseOrEnd(api::Handover& client) {
  pollfd pollers[] = {{client.client_fd(), POLLRDHUP, 0}, {client.interrupt_fd(), POLLIN, 0}};
  if (poll(pollers, 2, 1000) <= 0) return false;
  if (pollers[0].revents == 0) client.Interrupt("");
  return true;
}

}  // namespace

oci::CgroupPaths CgroupOf(const Options& options, const ContainerData& data) {
  const std::string& own = data.host_config.resources.cgroup_parent;
  return oci::ContainerCgroup(options.host.cgroups,
                              oci::CgroupsPathFor(own.empty() ? options.host.cgroup_parent : own,
                                                  options.host.systemd_cgroup, data.id));
}

Result<types::ContainerTop> ParsePs(const std::string& output, const std::set<int>& pids) {
  types::ContainerTop top;
  std::istringstream in(output);
  std::string line;
  std::getline(in, line);
  top.titles = SplitFields(line);
  size_t column = 0;
  while (column < top.titles.size() && top.titles[column] != "PID") ++column;
  if (column == top.titles.size()) return Internal("Couldn't find PID field in ps output");
  bool ours = false;  // lines of threads ("-") follow their process
  while (std::getline(in, line)) {
    std::vector<std::string> fields = SplitFields(line);
    if (fields.size() <= column) continue;
    if (fields[column] == "-") {
      if (ours) AddProcess(std::move(fields), top);
      continue;
    }
    char* end = nullptr;
    long pid = std::strtol(fields[column].c_str(), &end, 10);
    if (*end != '\0') return Internal("Unexpected pid '" + fields[column] + "'");
    ours = pids.contains(static_cast<int>(pid));
    if (ours) AddProcess(std::move(fields), top);
  }
  return top;
}

Result<types::ContainerTop> TopOf(Engine& engine, const ContainerPtr& container,
                                  const std::string& ps_args) {
  const std::string args = ps_args.empty() ? "-ef" : ps_args;
  BUOY_TRY(CheckPsArgs(" " + args));
  ContainerData data = container->Snapshot();
  if (!IsRunning(data.state)) return NotRunning(data.id);
  if (data.state == State::kRestarting) {
    return Conflict("Container " + data.id + " is restarting, wait until the container is running");
  }
  BUOY_ASSIGN(std::set<int> pids, oci::CgroupPids(CgroupOf(*engine.options(), data)));
  std::vector<std::string> command = {"ps"};
  for (auto& word : SplitFields(args)) command.push_back(word);
  std::string selection = "-q";
  for (int pid : pids) selection += (selection.size() > 2 ? "," : "") + std::to_string(pid);
  std::vector<std::string> narrowed = command;
  narrowed.push_back(selection);
  auto result = RunCommand(narrowed);
  if (!result.ok() || result->exit_code != 0) result = RunCommand(command);
  if (!result.ok()) return std::move(result).error().Context("ps");
  if (result->exit_code != 0) {
    std::string line = result->err.substr(0, result->err.find('\n'));
    return Internal("ps: " +
                    (line.empty() ? "exit status " + std::to_string(result->exit_code) : line));
  }
  BUOY_ASSIGN(types::ContainerTop top, ParsePs(result->out, pids));
  engine.Publish(data, "top");
  return top;
}

Status StreamStats(Engine& engine, const ContainerPtr& container, bool stream, bool one_shot,
                   api::Handover& client) {
  BUOY_ASSIGN(ByteSink * body, client.Answer(api::StreamKind::kBodyJson));
  types::StatsResponse before = Sample(engine, container->Snapshot());
  if (client.continued() && PauseOrEnd(client)) return Ok();
  // Without a stream the client wants a difference, unless it says that it does not.
  if (!stream && !one_shot && IsRunning(container->state()) && PauseOrGone(client.client_fd())) {
    return Ok();
  }
  bool first = !client.continued();
  for (;;) {
    ContainerData data = container->Snapshot();
    types::StatsResponse now = first && (stream || one_shot) ? before : Sample(engine, data);
    if (!(first && (stream || one_shot))) {
      now.precpu_stats = before.cpu_stats;
      now.preread = before.read;
    }
    first = false;
    if (!body->Write(ToJson(now) + "\n").ok() || !stream) return Ok();
    before = std::move(now);
    if (PauseOrEnd(client)) return Ok();
    std::lock_guard lock(container->mutex);
    if (container->removed) return Ok();
  }
}

}  // namespace buoy::container
