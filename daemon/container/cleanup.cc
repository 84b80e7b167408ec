#include "daemon/container/cleanup.h"

#include <signal.h>

#include <thread>

#include "common/unix/mount.h"
#include "daemon/container/recovery_plan.h"
#include "daemon/container/remover.h"
#include "daemon/container/starter.h"
#include "daemon/logging/log.h"
#include "daemon/volume/mount_setup.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::container {
namespace {

void LogFailure(const char* what, const std::string& id, const Status& status) {
  if (!status.ok()) log::Warn(what, {{"container", id}, {"error", status.error().message()}});
}

// An exited container needs its shim only for the clients that wait for its removal.
void EndIdleShim(const ContainerPtr& container) {
  // Somebody who starts it again needs the shim.
  std::unique_lock operation(container->operation, std::try_to_lock);
  if (!operation.owns_lock()) return;
  std::lock_guard shim_lock(container->shim_mutex);
  std::shared_ptr<shim::ShimClient> client;
  {
    std::lock_guard lock(container->mutex);
    if (IsRunning(container->data.state)) return;
    client = container->shim;
  }
  if (client == nullptr) return;
  auto state = client->GetState();
  // The acknowledgement of the end may still be on its way. One that does not come (the database
  // cannot be written) means that only the shim has the record: it stays.
  for (int i = 0; i < 100 && state.ok() && state->acked_seq < state->last_seq; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    state = client->GetState();
  }
  if (!state.ok() || state->clients > 0 || state->acked_seq < state->last_seq) return;
  if (!client->Quit().ok()) return;
  std::lock_guard lock(container->mutex);
  if (container->shim == client) container->shim.reset();
}

// The end of a container without a shim: its policy is the daemon's.
void AdoptedEnded(Engine& engine, const ContainerPtr& container) {
  MarkExited(engine, container, 255, NowNs());
  {
    std::lock_guard lock(container->mutex);
    if (engine.shutting_down || container->manually_restarting) return;
    if (!StartsAgain(container->data)) return;
  }
  StartByPolicy(engine, container);
}

bool RunsAdopted(const ContainerPtr& container) {
  std::lock_guard lock(container->mutex);
  return IsRunning(container->data.state) && container->adopted.valid();
}

}  // namespace

Status ServeDns(shim::ShimClient& client, const network::Sandbox& sandbox) {
  if (sandbox.dns_sockets.empty()) return Ok();
  std::vector<int> fds;
  for (const Fd& fd : sandbox.dns_sockets) fds.push_back(fd.get());
  return client.HoldFds(shim::kDnsSockets, fds);
}

void CleanupLocked(Engine& engine, const ContainerPtr& container) {
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    if (!container->needs_cleanup || IsRunning(container->data.state)) return;
    container->needs_cleanup = false;
    data = container->data;
  }
  // A shim that lives on for its clients must not keep the host's ports: the next start binds them.
  // One that has gone keeps none.
  if (auto shim = container->ShimOrNull()) {
    for (const char* name : {kHeldPorts, kJoinedPorts, shim::kDnsSockets}) {
      (void)shim->HoldFds(name, {});
    }
  }
  failpoint::Hit("cleanup.ports");
  LogFailure("network teardown", data.id, engine.areas.network.Teardown(data.id));
  failpoint::Hit("cleanup.network");
  auto wishes = engine.areas.network.StoppedSettings(data.id, data.network.networks);
  {
    std::lock_guard lock(container->mutex);
    container->data.network.networks = std::move(wishes);
    data = container->data;
  }
  engine.SaveAll(data, state::Durability::kProcess);
  failpoint::Hit("cleanup.row");
  LogFailure("unmounting volumes", data.id,
             volume::TearDownMounts(engine.Mounts(data), data.mounts));
  LogFailure("unmounting shm", data.id, Unmount(engine.Root(data.id) + "/mounts/shm"));
  failpoint::Hit("cleanup.volumes");
  LogFailure("unmounting the root file system", data.id, engine.areas.storage.Unmount(data.id));
}

void ScheduleCleanup(Engine& engine, const ContainerPtr& container) {
  engine.background.Post(container->id, [&engine, container] {
    {
      std::lock_guard operation(container->operation);
      CleanupLocked(engine, container);
    }
    bool remove = false;
    {
      std::lock_guard lock(container->mutex);
      remove = container->data.host_config.auto_remove && !container->manually_restarting &&
               !container->data.restart_pending && !IsRunning(container->data.state) &&
               !container->removed;
    }
    if (remove) {
      AutoRemove(engine, container);
    } else {
      EndIdleShim(container);
    }
  });
}

void MarkExited(Engine& engine, const ContainerPtr& container, int exit_code, int64_t time_ns) {
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    if (!IsRunning(container->data.state)) return;
    MarkStopped(container->data, State::kExited, exit_code, time_ns);
    ClearNetworkFacts(container->data.network);
    container->adopted = Pidfd();
    container->needs_cleanup = true;
    data = container->data;
  }
  engine.SaveAll(data);
  int64_t duration = std::max<int64_t>(0, (time_ns - data.started_ns) / 1'000'000'000);
  engine.Publish(
      data, "die",
      {{"exitCode", std::to_string(exit_code)}, {"execDuration", std::to_string(duration)}},
      time_ns);
  {
    std::lock_guard lock(container->mutex);
    container->changed.notify_all();
  }
  ScheduleCleanup(engine, container);
}

void AdoptOrBury(Engine& engine, const ContainerPtr& container) {
  ContainerData data = container->Snapshot();
  auto init = data.pid > 0 && data.boot_id == engine.boot_id ? Pidfd::Open(data.pid, data.pid_start)
                                                             : Result<Pidfd>(NotFound("no init"));
  if (!init.ok() || !init->Alive()) {
    MarkExited(engine, container, 255, NowNs());
    return;
  }
  Fd watched(dup(init->fd()));
  {
    std::lock_guard lock(container->mutex);
    // A restart that was pending cannot happen any more, but this one runs.
    if (container->data.state == State::kRestarting) container->data.state = State::kRunning;
    container->adopted = *std::move(init);
  }
  log::Warn("container runs on without a shim", {{"container", data.id}, {"pid", data.pid}});
  engine.watches.Add(std::move(watched), [&engine, container] {
    if (RunsAdopted(container)) AdoptedEnded(engine, container);
  });
}

}  // namespace buoy::container
