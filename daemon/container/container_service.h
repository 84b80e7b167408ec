#pragma once

#include <memory>
#include <set>
#include <string>

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"
#include "daemon/container/execs.h"
#include "daemon/container/recovery.h"
#include "daemon/container/usage.h"

namespace buoy::container {

// Containers as the API asks for them, and their life across the daemon's. At the daemon's start:
// Load(), then NetworkManager::Start() with its result, then Recover(); at its end Shutdown().
class ContainerService : public api::ContainerBackend,
                         public ImageUsage,
                         public volume::VolumeUsage {
 public:
  ContainerService(Dependencies dependencies, Options options);
  ~ContainerService() override;

  Result<std::set<std::string>> Load(bool handed_over) { return recovery_.Load(handed_over); }
  void Recover(bool handed_over) { recovery_.Execute(handed_over); }
  void Shutdown() { recovery_.Shutdown(); }
  // After a reload.
  void SetOptions(Options options) { engine_.SetOptions(std::move(options)); }

  struct Counts {
    int total = 0, running = 0, paused = 0, stopped = 0;
  };
  Counts Count() const;  // for /info
  // For commit, networks and /system/df: a copy of what is known. kNotFound.
  Result<ContainerData> Data(const std::string& ref);
  // A container event that another area caused ("commit").
  void Publish(const std::string& id, const std::string& action, Attributes attributes);
  // `network connect` and `disconnect`.
  Status ConnectNetwork(const std::string& ref, const std::string& network,
                        const types::EndpointSettings& wish);
  Status DisconnectNetwork(const std::string& ref, const std::string& network, bool force);

  std::vector<ImageUsage::User> ContainersOfImage(const std::string& image_id) override;
  std::vector<std::string> AllContainers() override;
  std::vector<std::string> ContainersUsing(const std::string& volume) override;

  Result<types::ContainerCreateResponse> Create(const types::ContainerCreateRequest& request,
                                                const api::CreateOptions& options) override;
  Status Start(const std::string& ref, const std::string& detach_keys) override;
  Status Stop(const std::string& ref, const std::string& signal,
              std::optional<int> timeout) override;
  Status Restart(const std::string& ref, const std::string& signal,
                 std::optional<int> timeout) override;
  Status Kill(const std::string& ref, const std::string& signal) override;
  Status Pause(const std::string& ref) override;
  Status Unpause(const std::string& ref) override;
  Status Remove(const std::string& ref, const api::ContainerRemoveOptions& options) override;
  Status Rename(const std::string& ref, const std::string& new_name) override;
  Status Resize(const std::string& ref, unsigned height, unsigned width) override;
  Result<types::ContainerUpdateResponse> Update(
      const std::string& ref, const types::ContainerUpdateRequest& request) override;
  Result<std::vector<types::ContainerSummary>> List(
      const api::ContainerListOptions& options) override;
  Result<types::ContainerInspect> Inspect(const std::string& ref, bool size) override;
  Result<types::ContainerTop> Top(const std::string& ref, const std::string& ps_args) override;
  Result<types::ContainersPruneReport> Prune(const api::Filters& filters) override;
  Status Wait(const std::string& ref, api::WaitCondition condition, api::Handover& client) override;
  Status Attach(const std::string& ref, const api::AttachOptions& options,
                api::Handover& client) override;
  Status Logs(const std::string& ref, const api::LogsOptions& options,
              api::Handover& client) override;
  Status Stats(const std::string& ref, bool stream, bool one_shot, api::Handover& client) override;
  Result<std::vector<types::FilesystemChange>> Changes(const std::string& ref) override;
  Status Export(const std::string& ref, api::Handover& client) override;
  Result<types::PathStat> StatPath(const std::string& ref, const std::string& path) override;
  Status GetArchive(const std::string& ref, const std::string& path, api::Handover& client,
                    const std::function<void(const types::PathStat&)>& on_stat) override;
  Status PutArchive(const std::string& ref, const std::string& path, ByteSource& tar,
                    bool no_overwrite_dir_non_dir, bool copy_uid_gid) override;
  Result<std::string> ExecCreate(const std::string& ref,
                                 const types::ExecCreateRequest& request) override;
  Status ExecStart(const std::string& id, const types::ExecStartRequest& request,
                   api::Handover& client) override;
  Status ExecResize(const std::string& id, unsigned height, unsigned width) override;
  Result<types::ExecInspect> ExecInspect(const std::string& id) override;

 private:
  Engine engine_;
  Execs execs_;
  Recovery recovery_;
};

}  // namespace buoy::container
