#include "daemon/container/record_handler.h"

#include "common/unix/replace_file.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/health_store.h"
#include "daemon/container/persisted_json.h"
#include "daemon/logging/log.h"
#include "daemon/oci/runtime.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::container {
namespace {

void Move(ContainerData& data, StateEvent event) {
  if (auto next = Next(data.state, event); next.ok()) data.state = *next;
}

void Started(const shim::Record& record, ContainerData& data, types::Health& health,
             RecordOutcome& out) {
  Move(data, StateEvent::kStarted);
  data.pid = record.pid;
  data.pid_start = record.pid_start_time;
  data.started_ns = record.time;
  data.restart_count = static_cast<int>(record.restart_count);
  data.exit_code = 0;
  data.error.clear();
  data.oom_killed = false;
  data.has_been_started = true;
  data.restart_pending = false;
  const auto& check = data.config.healthcheck;
  health = {};
  if (check && !check->test.empty() && check->test[0] != "NONE") health.status = "starting";
  out.events.push_back({"start", {}});
}

void Exited(const shim::Record& record, ContainerData& data, types::Health& health,
            std::map<std::string, ExecRecord>& execs, RecordOutcome& out) {
  const int64_t duration = (record.time - data.started_ns) / 1'000'000'000;
  Move(data, record.will_restart ? StateEvent::kExitedRestarting : StateEvent::kExited);
  MarkStopped(data, data.state, record.exit_code, record.time);
  data.oom_killed = data.oom_killed || record.oom_killed;
  data.restart_count = static_cast<int>(record.restart_count);
  if (!health.status.empty()) health.status = "unhealthy";
  for (auto& [id, exec] : execs) {
    if (exec.running) exec.pid = 0;
  }
  out.events.push_back({"die",
                        {{"exitCode", std::to_string(record.exit_code)},
                         {"execDuration", std::to_string(std::max<int64_t>(0, duration))}}});
  if (record.will_restart) return;
  ClearNetworkFacts(data.network);
  out.ended = out.save_all = true;
}

// Of a start or of a restart by the policy; the text is the runtime's own.
void StartFailed(const shim::Record& record, StateEvent event, ContainerData& data,
                 RecordOutcome& out) {
  auto args = oci::ProcessArgs(data.config);
  auto failure = oci::CreateFailure(record.text, args.ok() ? *args : std::vector<std::string>());
  Move(data, event);
  data.error = failure.error.message();
  data.exit_code = failure.exit_code;
  if (event == StateEvent::kRestartGivenUp) out.ended = true;
}

void ExecExited(const shim::Record& record, std::map<std::string, ExecRecord>& execs,
                RecordOutcome& out) {
  auto found = execs.find(record.exec_id);
  if (found == execs.end()) return;  // a health probe's, or one that was dropped
  found->second.running = false;
  found->second.exit_code = record.exit_code;
  found->second.ended_ns = record.time;
  out.ended_exec = record.exec_id;
  out.events.push_back(
      {"exec_die", {{"execID", record.exec_id}, {"exitCode", std::to_string(record.exit_code)}}});
}

void HealthChanged(const shim::Record& record, types::Health& health, RecordOutcome& out) {
  health.status = HealthName(record.health);
  health.failing_streak = record.failing_streak;
  // The beginning of a run is no event.
  if (record.health != shim::HealthStatus::kStarting) {
    out.events.push_back({"health_status: " + health.status, {}});
  }
}

// What the machine's sudden end makes untrue anyway is not waited for.
state::Durability DurabilityOf(shim::RecordKind kind) {
  switch (kind) {
    case shim::RecordKind::kHealth:
    case shim::RecordKind::kExecStarted:
    case shim::RecordKind::kExecExited:
    case shim::RecordKind::kPaused:
    case shim::RecordKind::kResumed:
    case shim::RecordKind::kDetached:
      return state::Durability::kProcess;
    default:
      return state::Durability::kPowerLoss;
  }
}

}  // namespace

std::string HealthName(shim::HealthStatus status) {
  switch (status) {
    case shim::HealthStatus::kStarting:
      return "starting";
    case shim::HealthStatus::kHealthy:
      return "healthy";
    case shim::HealthStatus::kUnhealthy:
      return "unhealthy";
    case shim::HealthStatus::kNone:
      break;
  }
  return "none";
}

RecordOutcome ApplyRecord(const shim::Record& record, ContainerData& data, types::Health& health,
                          std::map<std::string, ExecRecord>& execs) {
  RecordOutcome out;
  if (record.seq <= data.journal_seq) return out;
  data.journal_seq = record.seq;
  switch (record.kind) {
    case shim::RecordKind::kStarted:
      Started(record, data, health, out);
      break;
    case shim::RecordKind::kExited:
      Exited(record, data, health, execs, out);
      break;
    case shim::RecordKind::kOom:
      data.oom_killed = true;
      out.events.push_back({"oom", {}});
      break;
    case shim::RecordKind::kHealth:
      HealthChanged(record, health, out);
      break;
    case shim::RecordKind::kExecStarted:
      if (auto exec = execs.find(record.exec_id); exec != execs.end()) {
        exec->second.pid = record.pid;
        exec->second.running = true;
      }
      break;
    case shim::RecordKind::kExecExited:
      ExecExited(record, execs, out);
      break;
    case shim::RecordKind::kRestartFailed:
      StartFailed(record, StateEvent::kRestartGivenUp, data, out);
      break;
    case shim::RecordKind::kStartFailed:
      StartFailed(record, StateEvent::kStartFailed, data, out);
      break;
    case shim::RecordKind::kRestartCancelled:
      Move(data, StateEvent::kRestartGivenUp);
      ClearNetworkFacts(data.network);
      out.ended = out.save_all = true;
      break;
    case shim::RecordKind::kPaused:
      Move(data, StateEvent::kPaused);
      out.events.push_back({"pause", {}});
      break;
    case shim::RecordKind::kResumed:
      Move(data, StateEvent::kResumed);
      out.events.push_back({"unpause", {}});
      break;
    case shim::RecordKind::kDetached:
      if (record.exec_id.empty()) {
        out.events.push_back({"detach", {}});
      } else {
        out.events.push_back({"exec_detach", {{"execID", record.exec_id}}});
      }
      break;
  }
  return out;
}

bool HandleRecord(Engine& engine, const ContainerPtr& container, const shim::Record& record) {
  ContainerData data;
  RecordOutcome outcome;
  std::string exec_json;
  {
    std::lock_guard lock(container->mutex);
    outcome = ApplyRecord(record, container->data, container->health, container->execs);
    if (record.kind == shim::RecordKind::kStarted) container->data.boot_id = engine.boot_id;
    if (outcome.ended) container->needs_cleanup = true;
    data = container->data;
    if (!outcome.ended_exec.empty()) {
      exec_json = EncodeExec(container->execs[outcome.ended_exec]);
    }
  }
  if (!exec_json.empty()) {
    std::string path = engine.Bundle(data.id) + "/exec-" + outcome.ended_exec + ".json";
    (void)ReplaceFile(path, exec_json, 0600);
  }
  if (record.kind == shim::RecordKind::kExited) KeepHealth(engine, *container);
  if (outcome.ended) failpoint::Hit("exit.known");
  const state::Durability durability = DurabilityOf(record.kind);
  auto saved = outcome.save_all ? engine.store.Save(data, durability)
                                : engine.store.SaveState(data, durability);
  if (!saved.ok()) {
    log::Error("cannot save a container's state",
               {{"container", data.id}, {"error", saved.error().message()}});
  }
  if (outcome.ended) failpoint::Hit("exit.row");
  for (auto& event : outcome.events) {
    engine.Publish(data, event.action, std::move(event.attributes), record.time);
  }
  {
    std::lock_guard lock(container->mutex);
    container->applied_seq = std::max(container->applied_seq, record.seq);
    container->changed.notify_all();
  }
  if (outcome.ended) failpoint::Hit("exit.events");
  if (outcome.ended) ScheduleCleanup(engine, container);
  return saved.ok();
}

}  // namespace buoy::container
