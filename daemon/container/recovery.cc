#include "daemon/container/recovery.h"

#include <future>
#include <thread>

#include "common/unix/file.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/health_store.h"
#include "daemon/container/leftovers.h"
#include "daemon/container/recovery_plan.h"
#include "daemon/container/remover.h"
#include "daemon/container/starter.h"
#include "daemon/container/stopper.h"
#include "daemon/container/updater.h"
#include "daemon/logging/log.h"

namespace buoy::container {
namespace {

constexpr std::chrono::milliseconds kShimBudget{10'000};

bool InitAlive(const ContainerData& data, const std::string& boot_id) {
  if (data.pid <= 0 || data.boot_id != boot_id) return false;
  auto init = Pidfd::Open(data.pid, data.pid_start);
  return init.ok() && init->Alive();
}

// The daemon may have been killed while the runtime creates the container: what comes of that has
// to be known before anything is decided.
shim::State SettledState(shim::ShimClient& client) {
  shim::State state = client.initial_state();
  const auto end = std::chrono::steady_clock::now() + kShimBudget;
  while (state.phase == shim::Phase::kCreating && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    auto now = client.GetState();
    if (!now.ok()) break;
    state = *std::move(now);
  }
  return state;
}

bool HasEvent(state::Db& db, const std::string& id, const char* action, int64_t time_ns) {
  auto stmt = db.Prepare(
      "SELECT 1 FROM events WHERE time_ns = ? AND instr(event, ?) > 0 AND instr(event, ?) > 0");
  stmt.Bind(time_ns).Bind(id).Bind("\"" + std::string(action) + "\"");
  return stmt.Step().value_or(true);
}

// Events are written a moment after what they tell of; what the last daemon took with it when it
// was killed in between is told now, with the time at which it happened.
void RepublishLost(Engine& engine, const ContainerData& data, int64_t oldest_ns) {
  state::Db& db = engine.store.db();
  if (data.started_ns > oldest_ns && !HasEvent(db, data.id, "start", data.started_ns)) {
    engine.Publish(data, "start", {}, data.started_ns);
  }
  if (data.finished_ns <= std::max(oldest_ns, data.started_ns)) return;
  if (HasEvent(db, data.id, "die", data.finished_ns)) return;
  const int64_t duration = (data.finished_ns - data.started_ns) / 1'000'000'000;
  engine.Publish(
      data, "die",
      {{"exitCode", std::to_string(data.exit_code)}, {"execDuration", std::to_string(duration)}},
      data.finished_ns);
}

// INT64_MAX when there are none.
int64_t OldestEvent(state::Db& db) {
  auto stmt = db.Prepare("SELECT min(time_ns) FROM events");
  if (!stmt.Step().value_or(false) || stmt.Int(0) == 0) return INT64_MAX;
  return stmt.Int(0);
}

template <class Action>
void InParallel(const std::vector<ContainerPtr>& containers, Action action) {
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  const size_t count = std::min<size_t>(16, containers.size());
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      for (size_t at = next++; at < containers.size(); at = next++) action(containers[at]);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace

void Recovery::FindShim(const ContainerPtr& container) {
  const std::string socket = engine_.Socket(container->id);
  const bool there = PathExists(socket) ||
                     (IsRunning(container->state()) && lost_shims_.Recall(container->id, socket));
  if (!there) return;
  auto client =
      shim::ShimClient::Connect(engine_.areas.hub, engine_.Socket(container->id), kShimBudget);
  if (!client.ok()) {
    if (client.error().kind() == ErrorKind::kNotFound) return;
    log::Error("cannot talk to a container's shim: it is left running and unmanaged",
               {{"container", container->id}, {"error", client.error().message()}});
    std::lock_guard lock(container->mutex);
    container->unmanaged = true;
    return;
  }
  const shim::State state = SettledState(**client);
  {
    std::lock_guard lock(container->mutex);
    container->clients_handed_over = true;
    if (IsRunning(container->data.state) && state.health != shim::HealthStatus::kNone) {
      container->health.status = state.health == shim::HealthStatus::kHealthy     ? "healthy"
                                 : state.health == shim::HealthStatus::kUnhealthy ? "unhealthy"
                                                                                  : "starting";
      container->health.failing_streak = state.failing_streak;
    }
  }
  execs_.Restore(container, *client);  // before the journal is applied, which holds their ends
  engine_.UseShim(container, *client);
  bool applied =
      container->WaitFor([&] { return container->applied_seq >= state.last_seq; }, kShimBudget);
  if (!applied) {
    log::Warn("a shim's journal is not applied yet", {{"container", container->id}});
  }
}

Result<std::set<std::string>> Recovery::Load(bool handed_over) {
  BUOY_ASSIGN(auto loaded, engine_.store.LoadAll());
  for (const auto& reason : loaded.unreadable) {
    log::Error("cannot read a container, it is left alone", {{"error", reason}});
  }
  for (auto& data : loaded.containers) {
    (void)engine_.registry.ReserveName(data.name, data.id);
    engine_.registry.Add(std::make_shared<Container>(std::move(data)));
  }
  RestoreVolumes();
  auto all = engine_.registry.All();
  const int64_t oldest_ns = OldestEvent(engine_.store.db());
  for (const auto& container : all) {
    if (!handed_over) RepublishLost(engine_, container->Snapshot(), oldest_ns);
    LoadHealth(engine_, *container);
  }
  InParallel(all, [this](const ContainerPtr& container) { FindShim(container); });
  if (!handed_over && !engine_.options()->live_restore) {
    InParallel(all, [this](const ContainerPtr& container) { StopIfNotToLive(container); });
    engine_.records.Drain();
    engine_.background.Drain();
  }
  std::set<std::string> alive;
  for (const auto& container : all) {
    ContainerData data = container->Snapshot();
    if (IsRunning(data.state) &&
        (container->ShimOrNull() != nullptr || InitAlive(data, engine_.boot_id))) {
      alive.insert(container->id);
    }
  }
  return alive;
}

void Recovery::StopAndStart(const ContainerPtr& container, bool start) {
  if (container->ShimOrNull() == nullptr) AdoptOrBury(engine_, container);
  bool was_manual = container->Snapshot().manually_stopped;
  {
    std::lock_guard lock(container->mutex);
    container->manually_restarting = start;
  }
  auto stopped = StopContainer(engine_, container, "", std::nullopt);
  if (!stopped.ok()) {
    log::Warn("cannot stop a container found running",
              {{"container", container->id}, {"error", stopped.error().message()}});
  }
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    container->manually_restarting = false;
    container->data.manually_stopped = was_manual;
    data = container->data;
  }
  engine_.SaveState(data);
}

// The last daemon was killed during it, its client is gone: by its own signal and timeout.
void Recovery::FinishRestart(const ContainerPtr& container) {
  engine_.background.Post("start-" + container->id, [this, container] {
    auto restarted = RestartContainer(engine_, container, "", std::nullopt);
    if (restarted.ok()) return;
    log::Error("failed to restart container",
               {{"container", container->id}, {"error", restarted.error().message()}});
  });
}

Finding Recovery::Examine(const ContainerPtr& container) {
  Finding finding;
  finding.data = container->Snapshot();
  finding.same_boot = finding.data.boot_id == engine_.boot_id;
  finding.init_alive = InitAlive(finding.data, engine_.boot_id);
  auto client = container->ShimOrNull();
  if (client != nullptr) {
    finding.shim = ShimFinding::kAlive;
    const shim::State& known = client->initial_state();
    finding.phase = known.phase;
    // It has just said so; only when something has happened since is it asked again.
    if (!client->QuietSince(known.last_seq)) {
      if (auto state = client->GetState(); state.ok()) finding.phase = state->phase;
    }
  }
  std::lock_guard lock(container->mutex);
  if (container->unmanaged) finding.shim = ShimFinding::kForeign;
  return finding;
}

// Started again by its policy it is only when the network is there: see ExecuteOne.
void Recovery::StopIfNotToLive(const ContainerPtr& container) {
  const RecoveryPlan plan = PlanRecovery(Examine(container), false);
  if (plan.action == RecoveryAction::kStop) StopAndStart(container, plan.start_by_policy);
}

void Recovery::ExecuteOne(const ContainerPtr& container, bool handed_over) {
  const Finding finding = Examine(container);
  {
    std::lock_guard lock(container->mutex);
    container->needs_cleanup = container->needs_cleanup || !IsRunning(finding.data.state);
  }
  RecoveryPlan plan = PlanRecovery(finding, handed_over || engine_.options()->live_restore);
  if (handed_over) plan.start_by_policy = false;
  switch (plan.action) {
    case RecoveryAction::kNothing:
    case RecoveryAction::kLeaveUnmanaged:
      break;
    case RecoveryAction::kAttachShim:
      if (finding.data.restart_pending) FinishRestart(container);
      return;
    case RecoveryAction::kAdopt:
      AdoptOrBury(engine_, container);
      if (finding.data.restart_pending) FinishRestart(container);
      return;
    case RecoveryAction::kMarkExited:
      MarkExited(engine_, container, 255, NowNs());
      break;
    case RecoveryAction::kStop:
      StopAndStart(container, plan.start_by_policy);
      break;
    case RecoveryAction::kFinishRemoval: {
      std::lock_guard operation(container->operation);
      {
        // The automatic removal of what ended just now may have been quicker.
        std::lock_guard lock(container->mutex);
        if (container->removed) return;
      }
      auto removed =
          DestroyLocked(engine_, container, VolumeRemovalPlanned(engine_, container->id));
      if (!removed.ok()) {
        log::Error("cannot finish the removal of a container",
                   {{"container", container->id}, {"error", removed.error().message()}});
      }
      return;
    }
  }
  if (plan.action == RecoveryAction::kLeaveUnmanaged) return;
  if (finding.data.restart_pending) {
    FinishRestart(container);
  } else if (plan.start_by_policy) {
    StartByPolicy(engine_, container);
  } else if (plan.auto_remove || plan.quit_shim || engine_.areas.storage.IsMounted(container->id)) {
    ScheduleCleanup(engine_, container);
  }
}

// Before anything is unmounted: what runs keeps its volumes. What turns out to have ended gives
// them back like any other.
void Recovery::RestoreVolumes() {
  for (const auto& container : engine_.registry.All()) {
    ContainerData data = container->Snapshot();
    if (!IsRunning(data.state)) continue;
    for (const auto& mount : data.mounts) {
      if (mount.type == "volume") engine_.areas.volumes.RestoreMount(mount.name, data.id);
    }
  }
  engine_.areas.volumes.FinishRestore();
}

void Recovery::Execute(bool handed_over) {
  CollectUnknown(engine_);
  InParallel(engine_.registry.All(), [this, handed_over](const ContainerPtr& container) {
    ExecuteOne(container, handed_over);
  });
}

void Recovery::Shutdown() {
  engine_.shutting_down = true;
  auto settings = engine_.options();
  if (settings->live_restore) return;
  std::vector<ContainerPtr> running;
  for (const auto& container : engine_.registry.All()) {
    if (IsRunning(container->state())) running.push_back(container);
  }
  std::vector<std::thread> threads;
  const int limit = settings->shutdown_timeout;
  for (const auto& container : running) {
    threads.emplace_back([this, container, limit] {
      ContainerData data = container->Snapshot();
      int timeout = data.config.stop_timeout.value_or(engine_.options()->default_stop_timeout);
      if (limit >= 0) timeout = timeout < 0 ? limit : std::min(timeout, limit);
      auto stopped = StopContainer(engine_, container, "", timeout);
      if (!stopped.ok()) {
        log::Error("failed to stop container at shutdown",
                   {{"container", data.id}, {"error", stopped.error().message()}});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  engine_.records.Drain();
  engine_.background.Drain();
}

}  // namespace buoy::container
