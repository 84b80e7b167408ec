#pragma once

#include <map>
#include <mutex>
#include <string>

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// Execs by id. The record itself lives with its container and in
// <exec-root>/containers/<id>/exec-<exec id>.json, so it outlives this process.
class Execs {
 public:
  explicit Execs(Engine& engine) : engine_(engine) {}

  Result<std::string> Create(const std::string& ref, const types::ExecCreateRequest& request);
  Status Start(const std::string& id, const types::ExecStartRequest& request,
               api::Handover& client);
  Status Resize(const std::string& id, unsigned height, unsigned width);
  Result<types::ExecInspect> Inspect(const std::string& id);

  // After a restart: reads what was known of this container's execs. Those that neither ended nor
  // run in the shim ended unseen. To be called before the shim's records are applied.
  void Restore(const ContainerPtr& container, const std::shared_ptr<shim::ShimClient>& client);

 private:
  Result<ContainerPtr> Holder(const std::string& id);
  Result<ContainerPtr> RunningHolder(const std::string& id);
  Result<std::string> ProcessFile(const ContainerPtr& container, const ExecRecord& exec,
                                  const types::ExecStartRequest& start);
  void DropOld(const ContainerPtr& container);
  std::string RecordPath(const std::string& container_id, const std::string& exec_id) const {
    return engine_.Bundle(container_id) + "/exec-" + exec_id + ".json";
  }

  Engine& engine_;
  std::mutex mutex_;
  std::map<std::string, std::string> containers_;  // exec id -> container id
};

}  // namespace buoy::container
