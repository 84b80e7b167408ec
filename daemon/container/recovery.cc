#include "daemon/container/recovery.h"

#include <dirent.h>

#include <future>
#include <thread>

#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "common/unix/mount.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/recovery_plan.h"
#include "daemon/container/remover.h"
#include "daemon/container/starter.h"
#include "daemon/container/stopper.h"
#include "daemon/logging/log.h"

namespace buoy::container {
namespace {

constexpr std::chrono::milliseconds kShimBudget{10'000};

std::vector<std::string> FolderNames(const std::string& path) {
  std::vector<std::string> names;
  DIR* dir = opendir(path.c_str());
  if (dir == nullptr) return names;
  while (dirent* entry = readdir(dir)) {
    if (entry->d_name[0] != '.') names.push_back(entry->d_name);
  }
  closedir(dir);
  return names;
}

bool InitAlive(const ContainerData& data, const std::string& boot_id) {
  if (data.pid <= 0 || data.boot_id != boot_id) return false;
  auto init = Pidfd::Open(data.pid, data.pid_start);
  return init.ok() && init->Alive();
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
  if (!PathExists(engine_.Socket(container->id))) return;
  auto client = shim::ShimClient::Connect(engine_.areas.hub, engine_.Socket(container->id),
                                          kShimBudget);
  if (!client.ok()) {
    if (client.error().kind() == ErrorKind::kNotFound) return;
    log::Error("cannot talk to a container's shim: it is left running and unmanaged",
               {{"container", container->id}, {"error", client.error().message()}});
    std::lock_guard lock(container->mutex);
    container->unmanaged = true;
    return;
  }
  const shim::State state = (*client)->initial_state();
  {
    std::lock_guard lock(container->mutex);
    container->clients_handed_over = true;
    if (state.health != shim::HealthStatus::kNone) {
      container->health.status = state.health == shim::HealthStatus::kHealthy     ? "healthy"
                                 : state.health == shim::HealthStatus::kUnhealthy ? "unhealthy"
                                                                                  : "starting";
      container->health.failing_streak = state.failing_streak;
    }
  }
  engine_.UseShim(container, *client);
  execs_.Restore(container);
  bool applied = container->WaitFor(
      [&] { return container->applied_seq >= state.last_seq; }, kShimBudget);
  if (!applied) {
    log::Warn("a shim's journal is not applied yet", {{"container", container->id}});
  }
}

Result<std::set<std::string>> Recovery::Load() {
  BUOY_ASSIGN(auto loaded, engine_.store.LoadAll());
  for (const auto& reason : loaded.unreadable) {
    log::Error("cannot read a container, it is left alone", {{"error", reason}});
  }
  for (auto& data : loaded.containers) {
    (void)engine_.registry.ReserveName(data.name, data.id);
    engine_.registry.Add(std::make_shared<Container>(std::move(data)));
  }
  auto all = engine_.registry.All();
  InParallel(all, [this](const ContainerPtr& container) { FindShim(container); });
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

void Recovery::StartByPolicy(const ContainerPtr& container) {
  engine_.background.Post("start-" + container->id, [this, container] {
    auto started = StartContainer(engine_, container, false);
    if (started.ok() || started.error().kind() == ErrorKind::kNotModified) return;
    log::Error("failed to start container",
               {{"container", container->id}, {"error", started.error().message()}});
  });
}

void Recovery::ExecuteOne(const ContainerPtr& container) {
  Finding finding;
  finding.data = container->Snapshot();
  finding.same_boot = finding.data.boot_id == engine_.boot_id;
  finding.init_alive = InitAlive(finding.data, engine_.boot_id);
  auto client = container->ShimOrNull();
  if (client != nullptr) {
    finding.shim = ShimFinding::kAlive;
    auto state = client->GetState();
    finding.phase = state.ok() ? state->phase : client->initial_state().phase;
  }
  {
    std::lock_guard lock(container->mutex);
    if (container->unmanaged) finding.shim = ShimFinding::kForeign;
    container->needs_cleanup = container->needs_cleanup || !IsRunning(finding.data.state);
  }
  RecoveryPlan plan = PlanRecovery(finding, engine_.options()->live_restore);
  switch (plan.action) {
    case RecoveryAction::kNothing:
    case RecoveryAction::kLeaveUnmanaged: break;
    case RecoveryAction::kAttachShim:
      (void)engine_.areas.network.Restore(engine_.NetworkRequest(finding.data));
      for (const auto& mount : finding.data.mounts) {
        if (mount.type == "volume") {
          engine_.areas.volumes.RestoreMount(mount.name, finding.data.id);
        }
      }
      return;
    case RecoveryAction::kAdopt: AdoptOrBury(engine_, container); return;
    case RecoveryAction::kMarkExited: MarkExited(engine_, container, 255, NowNs()); break;
    case RecoveryAction::kStop: StopAndStart(container, plan.start_by_policy); break;
    case RecoveryAction::kFinishRemoval: {
      std::lock_guard operation(container->operation);
      {
        // The automatic removal of what ended just now may have been quicker.
        std::lock_guard lock(container->mutex);
        if (container->removed) return;
      }
      (void)DestroyLocked(engine_, container, true);
      return;
    }
  }
  if (plan.action == RecoveryAction::kLeaveUnmanaged) return;
  if (plan.start_by_policy) {
    StartByPolicy(container);
  } else if (plan.auto_remove || plan.quit_shim ||
             engine_.areas.storage.IsMounted(container->id)) {
    ScheduleCleanup(engine_, container);
  }
}

// Folders of containers that the database does not know.
void Recovery::CollectLeftovers() {
  const std::string probe = engine_.Root("x"), bundles = engine_.Bundle("x");
  for (const auto& base : {probe.substr(0, probe.size() - 2), bundles.substr(0, bundles.size() - 2)}) {
    for (const auto& name : FolderNames(base)) {
      if (!IsHex64(name) || engine_.registry.Get(name) != nullptr) continue;
      auto stmt = engine_.store.db().Prepare("SELECT 1 FROM containers WHERE id=?");
      stmt.Bind(name);
      if (stmt.Step().value_or(true)) continue;
      log::Info("removing what is left of a container", {{"path", base + "/" + name}});
      (void)Unmount(base + "/" + name + "/mounts/shm");
      (void)engine_.areas.storage.Remove(name);
      (void)RemoveAll(base + "/" + name);
    }
  }
}

void Recovery::Execute() {
  CollectLeftovers();
  InParallel(engine_.registry.All(),
             [this](const ContainerPtr& container) { ExecuteOne(container); });
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
