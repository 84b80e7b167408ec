#pragma once

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

// Containers as the API shows them.
namespace buoy::container {

types::ContainerSummary Summarize(const ContainerData& data, const std::string& health,
                                  std::vector<std::string> names, int64_t now_ns);
types::ContainerInspect Describe(Engine& engine, const ContainerData& data,
                                 const types::Health& health, std::vector<std::string> exec_ids);

Result<types::ContainerInspect> InspectContainer(Engine& engine, const ContainerPtr& container,
                                                 bool size);
Result<std::vector<types::ContainerSummary>> ListContainers(
    Engine& engine, const api::ContainerListOptions& options);

}  // namespace buoy::container
