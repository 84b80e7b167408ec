#include "daemon/container/remover.h"

#include "common/gotime/duration.h"
#include "common/unix/file.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/leftovers.h"
#include "daemon/container/observe.h"
#include "daemon/container/prune_filters.h"
#include "daemon/container/stopper.h"
#include "daemon/logging/log.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::container {
namespace {

constexpr int kStartsWaitedFor = 10;

// Stops what runs (with force), refuses it without.
Status MakeStopped(Engine& engine, const ContainerPtr& container, bool force) {
  const State state = container->state();
  if (!IsRunning(state)) return Ok();
  if (!force) {
    if (state == State::kPaused) {
      return Conflict("container is paused and must be unpaused first");
    }
    return Conflict("container is " + std::string(StateName(state)) +
                    ": stop the container before removing or force remove");
  }
  auto killed = KillAndWait(engine, container);
  if (!killed.ok() && IsRunning(container->state())) {
    return std::move(killed).error().Context("could not kill container");
  }
  return Ok();
}

std::vector<std::string> AnonymousVolumes(const ContainerData& data) {
  std::vector<std::string> names;
  for (const auto& mount : data.mounts) {
    if (mount.type == "volume" && mount.anonymous && !mount.name.empty()) {
      names.push_back(mount.name);
    }
  }
  return names;
}

// The clients of wait?condition=removed learn it from the shim.
void TellShim(const ContainerPtr& container, const std::string& error) {
  std::shared_ptr<shim::ShimClient> client;
  {
    std::lock_guard lock(container->mutex);
    client = container->shim;
    if (error.empty()) container->shim.reset();
  }
  if (client == nullptr) return;
  (void)client->Removed(error);
  if (error.empty()) (void)client->Quit();
}

Status RemoveOnce(Engine& engine, const ContainerPtr& container, bool force, bool volumes) {
  BUOY_TRY(MakeStopped(engine, container, force));
  std::unique_lock operation(container->operation);
  // A start was under way, by its restart policy for instance.
  for (int i = 0; i < kStartsWaitedFor && IsRunning(container->state()); ++i) {
    operation.unlock();
    BUOY_TRY(MakeStopped(engine, container, force));
    operation.lock();
  }
  CleanupLocked(engine, container);
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    if (container->removed) return Ok();
    BUOY_ASSIGN(State next, Next(container->data.state, StateEvent::kRemovalStarted));
    container->data.state = next;
    data = container->data;
  }
  failpoint::Hit("rm.begin");
  BUOY_TRY(PlanVolumeRemoval(engine, data.id,
                             volumes ? AnonymousVolumes(data) : std::vector<std::string>()));
  failpoint::Hit("rm.plan");
  engine.SaveState(data);
  failpoint::Hit("rm.state");
  return DestroyLocked(engine, container, volumes);
}

Status RemoveLink(Engine& engine, const ContainerPtr& container, std::string name) {
  if (name.front() != '/') name.insert(0, "/");
  size_t slash = name.rfind('/');
  if (slash == 0) {
    return Internal("Conflict, cannot remove the default link name of the container");
  }
  auto parent = engine.registry.Find(name.substr(0, slash));
  if (!parent.ok()) {
    return Internal("Cannot get parent " + name.substr(0, slash) + " for link name " + name);
  }
  ContainerData data;
  {
    std::lock_guard lock((*parent)->mutex);
    auto link = (*parent)->data.links.find(name.substr(slash + 1));
    if (link != (*parent)->data.links.end() && link->second == container->id) {
      (*parent)->data.links.erase(link);
    }
    data = (*parent)->data;
  }
  engine.SaveAll(data);
  return Ok();
}

}  // namespace

Status DestroyLocked(Engine& engine, const ContainerPtr& container, bool remove_volumes) {
  ContainerData data = container->Snapshot();
  const auto settings = engine.options();
  if (container->ShimOrNull() == nullptr) {
    auto runtime = settings->runtimes->Find(data.host_config.runtime);
    if (runtime.ok()) DeleteFromRuntime(*settings, *runtime, data.id);
  }
  // The runtime's work; without its state, which is in the run directory, it does not know them.
  oci::RemoveCgroups(CgroupOf(*settings, data));
  auto remove = [&]() -> Status {
    BUOY_TRY(engine.areas.network.Forget(data.id));
    failpoint::Hit("rm.network");
    BUOY_TRY(volume::DropPins(engine.Mounts(data).pins));
    BUOY_TRY(engine.areas.storage.Remove(data.id));
    failpoint::Hit("rm.rootfs");
    BUOY_TRY_CONTEXT(RemoveAll(engine.Root(data.id)), "unable to remove filesystem");
    failpoint::Hit("rm.folder");
    return engine.store.Delete(data.id);
  };
  if (auto removed = remove(); !removed.ok()) {
    {
      std::lock_guard lock(container->mutex);
      container->data.state = State::kDead;
      container->data.error = removed.error().message();
      data = container->data;
    }
    engine.SaveState(data);
    TellShim(container, removed.error().message());
    return removed;
  }
  engine.registry.Remove(data.id);
  {
    std::lock_guard lock(container->mutex);
    container->removed = true;
    container->changed.notify_all();
  }
  failpoint::Hit("rm.row");
  engine.areas.volumes.Release(data.id);
  if (remove_volumes) RemovePlannedVolumes(engine, data.id);
  failpoint::Hit("rm.volumes");
  TellShim(container, "");
  failpoint::Hit("rm.shim");
  (void)RemoveAll(engine.Bundle(data.id));
  failpoint::Hit("rm.bundle");
  engine.Publish(data, "destroy");
  return Ok();
}

Status RemoveContainer(Engine& engine, const ContainerPtr& container, const std::string& ref,
                       const api::ContainerRemoveOptions& options) {
  {
    std::lock_guard lock(container->mutex);
    if (container->removal_in_progress) {
      return Conflict("removal of container " + ref + " is already in progress");
    }
    if (container->unmanaged) {
      return Conflict("cannot remove container \"" + ref +
                      "\": it is run by another release of buoy");
    }
    container->removal_in_progress = true;
  }
  Status result = options.remove_link
                      ? RemoveLink(engine, container, ref)
                      : RemoveOnce(engine, container, options.force, options.remove_volumes);
  {
    std::lock_guard lock(container->mutex);
    container->removal_in_progress = false;
    container->changed.notify_all();
  }
  if (result.ok() || options.remove_link) return result;
  return std::move(result).error().Context("cannot remove container \"" + ref + "\"");
}

void AutoRemove(Engine& engine, const ContainerPtr& container) {
  api::ContainerRemoveOptions options;
  options.force = options.remove_volumes = true;
  auto removed = RemoveContainer(engine, container, container->id, options);
  if (removed.ok() || engine.registry.Get(container->id) == nullptr) return;
  log::Error("error removing container",
             {{"container", container->id}, {"error", removed.error().message()}});
}

Result<types::ContainersPruneReport> PruneContainers(Engine& engine, const api::Filters& filters) {
  static std::mutex running;
  std::unique_lock lock(running, std::try_to_lock);
  if (!lock.owns_lock()) return Conflict("a prune operation is already running");
  BUOY_ASSIGN(PruneFilter filter, PruneFilter::Parse(filters, NowNs()));
  types::ContainersPruneReport report;
  for (const auto& container : engine.registry.All()) {
    ContainerData data = container->Snapshot();
    if (IsRunning(data.state) || !filter.Matches(data.created_ns, data.config.labels)) continue;
    int64_t size = engine.areas.storage.ReadWriteSize(data.id).value_or(0);
    auto removed = RemoveContainer(engine, container, data.id, {});
    if (!removed.ok()) {
      log::Warn("failed to prune container",
                {{"container", data.id}, {"error", removed.error().message()}});
      continue;
    }
    report.space_reclaimed += static_cast<uint64_t>(std::max<int64_t>(0, size));
    report.containers_deleted.push_back(data.id);
  }
  types::Event event;
  event.type = "container";
  event.action = "prune";
  event.actor.attributes["reclaimed"] = std::to_string(report.space_reclaimed);
  engine.areas.events.Publish(std::move(event));
  return report;
}

}  // namespace buoy::container
