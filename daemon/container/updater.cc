#include "daemon/container/updater.h"

#include "common/unix/file.h"
#include "daemon/container/names.h"
#include "daemon/container/start_plan.h"
#include "daemon/container/starter.h"
#include "daemon/container/stopper.h"
#include "daemon/container/subprocess.h"
#include "daemon/container/validate.h"
#include "daemon/oci/spec.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::container {
namespace {

Error CannotUpdate(const std::string& id, Error error) {
  return std::move(error).Context("Cannot update container " + id);
}

Status CheckConflicts(const types::Resources& wish, const types::Resources& now) {
  if (wish.nano_cpus > 0 && now.cpu_period > 0) {
    return Conflict(
        "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
  }
  if (wish.nano_cpus > 0 && now.cpu_quota > 0) {
    return Conflict(
        "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
  }
  if (wish.cpu_period > 0 && now.nano_cpus > 0) {
    return Conflict(
        "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
  }
  if (wish.cpu_quota > 0 && now.nano_cpus > 0) {
    return Conflict(
        "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
  }
  if (wish.memory != 0 && wish.memory > now.memory_swap && wish.memory_swap == 0) {
    return Conflict(
        "Memory limit should be smaller than already set memoryswap limit, update the memoryswap "
        "at the same time");
  }
  return Ok();
}

template <class T>
void Take(const T& wish, T& now) {
  if (wish != T{}) now = wish;
}
template <class T>
void TakeList(const json::List<T>& wish, json::List<T>& now) {
  if (!wish.is_null) now = wish;
}

Status ApplyToKernel(Engine& engine, const ContainerData& data, const types::Resources& wish) {
  auto settings = engine.options();
  BUOY_ASSIGN(std::string json, oci::UpdateResourcesJson(wish));
  if (json == "{}") return Ok();
  std::string path = engine.Bundle(data.id) + "/update.json";
  BUOY_TRY(WriteFileAtomic(path, json));
  BUOY_ASSIGN(oci::Runtime runtime, settings->runtimes->Find(data.host_config.runtime));
  auto command = runtime.Command(settings->exec_root + "/runtime", settings->host.systemd_cgroup);
  command.insert(command.end(), {"update", "--resources", path, data.id});
  BUOY_ASSIGN(CommandOutput output, RunCommand(command));
  if (output.exit_code == 0) return Ok();
  return Internal("runtime update failed: " + oci::LastRuntimeError(output.err));
}

}  // namespace

Status MergeUpdate(const types::ContainerUpdateRequest& update, types::HostConfig& host) {
  const types::Resources& wish = update.resources;
  types::Resources& now = host.resources;
  BUOY_TRY(CheckConflicts(wish, now));
  Take(wish.blkio_weight, now.blkio_weight);
  TakeList(wish.blkio_weight_device, now.blkio_weight_device);
  TakeList(wish.blkio_device_read_bps, now.blkio_device_read_bps);
  TakeList(wish.blkio_device_write_bps, now.blkio_device_write_bps);
  TakeList(wish.blkio_device_read_iops, now.blkio_device_read_iops);
  TakeList(wish.blkio_device_write_iops, now.blkio_device_write_iops);
  Take(wish.cpu_shares, now.cpu_shares);
  Take(wish.nano_cpus, now.nano_cpus);
  Take(wish.cpu_period, now.cpu_period);
  Take(wish.cpu_quota, now.cpu_quota);
  Take(wish.cpuset_cpus, now.cpuset_cpus);
  Take(wish.cpuset_mems, now.cpuset_mems);
  Take(wish.memory, now.memory);
  Take(wish.memory_swap, now.memory_swap);
  Take(wish.memory_reservation, now.memory_reservation);
  Take(wish.cpu_realtime_period, now.cpu_realtime_period);
  Take(wish.cpu_realtime_runtime, now.cpu_realtime_runtime);
  Take(wish.pids_limit, now.pids_limit);
  if (update.restart_policy && !update.restart_policy->name.empty()) {
    if (host.auto_remove && update.restart_policy->name != "no") {
      return Conflict(
          "Restart policy cannot be updated because AutoRemove is enabled for the container");
    }
    host.restart_policy = *update.restart_policy;
  }
  return Ok();
}

Result<types::ContainerUpdateResponse> UpdateContainer(Engine& engine,
                                                       const ContainerPtr& container,
                                                       types::ContainerUpdateRequest update) {
  auto settings = engine.options();
  if (update.restart_policy) BUOY_TRY(ValidateRestartPolicy(*update.restart_policy));
  auto verdict = oci::VerifyResources(update.resources, settings->host.sys_info, true);
  if (!verdict.ok()) return std::move(verdict).error().WithKind(ErrorKind::kInvalidArgument);
  std::lock_guard operation(container->operation);
  ContainerData before = container->Snapshot();
  if (before.state == State::kRemoving || before.state == State::kDead) {
    return CannotUpdate(before.id,
                        Internal("container is marked for removal and cannot be \"update\""));
  }
  ContainerData after = before;
  if (auto merged = MergeUpdate(update, after.host_config); !merged.ok()) {
    return CannotUpdate(before.id, std::move(merged).error());
  }
  auto store = [&](const types::HostConfig& host) {
    std::unique_lock lock(container->mutex);
    container->data.host_config = host;
    ContainerData data = container->data;
    lock.unlock();
    return engine.store.Save(data);
  };
  if (auto saved = store(after.host_config); !saved.ok()) {
    return CannotUpdate(before.id, std::move(saved).error());
  }
  auto client = container->ShimOrNull();
  if (client != nullptr && update.restart_policy) {
    shim::UpdatePolicyRequest request;
    request.set_restart = true;
    request.restart = PlanRestart(after.host_config);
    BUOY_TRY(client->UpdatePolicy(request));
  }
  if (before.state == State::kRunning || before.state == State::kPaused) {
    if (auto applied = ApplyToKernel(engine, after, update.resources); !applied.ok()) {
      (void)store(before.host_config);
      return CannotUpdate(before.id, std::move(applied).error());
    }
  }
  engine.Publish(after, "update");
  types::ContainerUpdateResponse response;
  if (!verdict->warnings.empty()) {
    response.warnings = json::List<std::string>(std::move(verdict->warnings));
  }
  return response;
}

Status RenameContainer(Engine& engine, const ContainerPtr& container, std::string new_name) {
  while (!new_name.empty() && new_name.back() == ' ') new_name.pop_back();
  while (!new_name.empty() && new_name.front() == ' ') new_name.erase(0, 1);
  if (!new_name.empty() && new_name.front() == '/') new_name.erase(0, 1);
  if (new_name.empty()) return InvalidArgument("Neither old nor new names may be empty");
  std::lock_guard operation(container->operation);
  ContainerData data = container->Snapshot();
  const std::string old_name = data.name;
  if (old_name == new_name) {
    return InvalidArgument("Renaming a container with the same name as its current name");
  }
  BUOY_TRY_CONTEXT(ValidateName("/" + new_name), "Error when allocating new name");
  BUOY_TRY_CONTEXT(engine.registry.ReserveName(new_name, data.id),
                   "Error when allocating new name");
  data.name = new_name;
  if (auto saved = engine.store.Save(data); !saved.ok()) {
    engine.registry.ReleaseName(new_name, data.id);
    return saved;
  }
  {
    std::lock_guard lock(container->mutex);
    container->data.name = new_name;
  }
  engine.registry.ReleaseName(old_name, data.id);
  if (IsRunning(data.state)) BUOY_TRY(engine.areas.network.Rename(data.id, new_name));
  engine.Publish(data, "rename", {{"oldName", "/" + old_name}});
  return Ok();
}

Status ResizeContainer(Engine& engine, const ContainerPtr& container, unsigned height,
                       unsigned width) {
  ContainerData data = container->Snapshot();
  if (!IsRunning(data.state)) return NotRunning(data.id);
  auto client = container->ShimOrNull();
  if (client == nullptr) return NotRunning(data.id);
  shim::ResizeRequest request;
  request.size = {width, height};
  BUOY_TRY(client->Resize(request));
  engine.Publish(data, "resize",
                 {{"height", std::to_string(height)}, {"width", std::to_string(width)}});
  return Ok();
}

Status RestartContainer(Engine& engine, const ContainerPtr& container, const std::string& signal,
                        std::optional<int> timeout) {
  // Also on disk: one that the daemon's end cuts is done by the next daemon.
  auto mark = [&](bool on) {
    ContainerData data;
    {
      std::lock_guard lock(container->mutex);
      container->manually_restarting = on;
      container->data.restart_pending = on;
      data = container->data;
    }
    engine.SaveAll(data, state::Durability::kProcess);
  };
  mark(true);
  failpoint::Hit("restart.begin");
  Status result = StopContainer(engine, container, signal, timeout);
  failpoint::Hit("restart.stopped");
  if (result.ok()) result = StartContainer(engine, container, true);
  if (!result.ok() && result.error().kind() == ErrorKind::kNotModified) result = Ok();
  mark(false);
  if (result.ok()) engine.Publish(container->Snapshot(), "restart");
  return result;
}

}  // namespace buoy::container
