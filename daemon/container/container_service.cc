#include "daemon/container/container_service.h"

#include "daemon/container/creator.h"
#include "daemon/container/files.h"
#include "daemon/container/observe.h"
#include "daemon/container/remover.h"
#include "daemon/container/starter.h"
#include "daemon/container/stopper.h"
#include "daemon/container/streams.h"
#include "daemon/container/updater.h"
#include "daemon/container/views.h"
#include "daemon/oci/spec.h"

namespace buoy::container {

ContainerService::ContainerService(Dependencies dependencies, Options options)
    : engine_(dependencies, std::move(options)), execs_(engine_), recovery_(engine_, execs_) {}

ContainerService::~ContainerService() {
  // Handlers of the shims post to the executors: first no more of them.
  for (const auto& container : engine_.registry.All()) {
    std::shared_ptr<shim::ShimClient> client;
    std::lock_guard lock(container->mutex);
    client.swap(container->shim);
  }
  engine_.records.Drain();
  engine_.background.Drain();
}

Result<types::ContainerCreateResponse> ContainerService::Create(
    const types::ContainerCreateRequest& request, const api::CreateOptions& options) {
  return CreateContainer(engine_, request, options);
}

Status ContainerService::Start(const std::string& ref, const std::string&) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  ContainerData data = container->Snapshot();
  BUOY_TRY(CheckStartable(data));
  auto verdict = oci::VerifyHostConfig(data.host_config, nullptr, engine_.options()->host);
  if (!verdict.ok()) return std::move(verdict).error().WithKind(ErrorKind::kInvalidArgument);
  return StartContainer(engine_, container, true);
}

Status ContainerService::Stop(const std::string& ref, const std::string& signal,
                              std::optional<int> timeout) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  if (!IsRunning(container->state())) return NotModified("container is already stopped");
  auto stopped = StopContainer(engine_, container, signal, timeout);
  if (stopped.ok()) return stopped;
  return std::move(stopped)
      .error()
      .Context("cannot stop container: " + ref)
      .WithKind(ErrorKind::kInternal);
}

Status ContainerService::Restart(const std::string& ref, const std::string& signal,
                                 std::optional<int> timeout) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  BUOY_TRY_CONTEXT(RestartContainer(engine_, container, signal, timeout),
                   "Cannot restart container " + ref);
  return Ok();
}

Status ContainerService::Kill(const std::string& ref, const std::string& signal) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return KillContainer(engine_, container, signal);
}

Status ContainerService::Pause(const std::string& ref) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return PauseContainer(engine_, container);
}

Status ContainerService::Unpause(const std::string& ref) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return UnpauseContainer(engine_, container);
}

Status ContainerService::Remove(const std::string& ref,
                                const api::ContainerRemoveOptions& options) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return RemoveContainer(engine_, container, ref, options);
}

Status ContainerService::Rename(const std::string& ref, const std::string& new_name) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return RenameContainer(engine_, container, new_name);
}

Status ContainerService::Resize(const std::string& ref, unsigned height, unsigned width) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return ResizeContainer(engine_, container, height, width);
}

Result<types::ContainerUpdateResponse> ContainerService::Update(
    const std::string& ref, const types::ContainerUpdateRequest& request) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return UpdateContainer(engine_, container, request);
}

Result<std::vector<types::ContainerSummary>> ContainerService::List(
    const api::ContainerListOptions& options) {
  return ListContainers(engine_, options);
}

Result<types::ContainerInspect> ContainerService::Inspect(const std::string& ref, bool size) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return InspectContainer(engine_, container, size);
}

Result<types::ContainerTop> ContainerService::Top(const std::string& ref,
                                                  const std::string& ps_args) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return TopOf(engine_, container, ps_args);
}

Result<types::ContainersPruneReport> ContainerService::Prune(const api::Filters& filters) {
  return PruneContainers(engine_, filters);
}

Status ContainerService::Wait(const std::string& ref, api::WaitCondition condition,
                              api::Handover& client) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return WaitContainer(engine_, container, condition, client);
}

Status ContainerService::Attach(const std::string& ref, const api::AttachOptions& options,
                                api::Handover& client) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return AttachContainer(engine_, container, ref, options, client);
}

Status ContainerService::Logs(const std::string& ref, const api::LogsOptions& options,
                              api::Handover& client) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return ContainerLogs(engine_, container, options, client);
}

Status ContainerService::Stats(const std::string& ref, bool stream, bool one_shot,
                               api::Handover& client) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return StreamStats(engine_, container, stream, one_shot, client);
}

Result<std::vector<types::FilesystemChange>> ContainerService::Changes(const std::string& ref) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return ChangesOf(engine_, container);
}

Status ContainerService::Export(const std::string& ref, api::Handover& client) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return ExportContainer(engine_, container, ref, client);
}

Result<types::PathStat> ContainerService::StatPath(const std::string& ref,
                                                   const std::string& path) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return StatContainerPath(engine_, container, ref, path);
}

Status ContainerService::GetArchive(const std::string& ref, const std::string& path,
                                    api::Handover& client,
                                    const std::function<void(const types::PathStat&)>& on_stat) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return GetContainerArchive(engine_, container, ref, path, client, on_stat);
}

Status ContainerService::PutArchive(const std::string& ref, const std::string& path,
                                    ByteSource& tar, bool no_overwrite_dir_non_dir,
                                    bool copy_uid_gid) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return PutContainerArchive(engine_, container, ref, path, tar, no_overwrite_dir_non_dir,
                             copy_uid_gid);
}

Result<std::string> ContainerService::ExecCreate(const std::string& ref,
                                                 const types::ExecCreateRequest& request) {
  return execs_.Create(ref, request);
}

Status ContainerService::ExecStart(const std::string& id, const types::ExecStartRequest& request,
                                   api::Handover& client) {
  return execs_.Start(id, request, client);
}

Status ContainerService::ExecResize(const std::string& id, unsigned height, unsigned width) {
  return execs_.Resize(id, height, width);
}

Result<types::ExecInspect> ContainerService::ExecInspect(const std::string& id) {
  return execs_.Inspect(id);
}

}  // namespace buoy::container
