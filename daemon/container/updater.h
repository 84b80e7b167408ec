#pragma once

#include "common/types/container.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// Pure: the stored limits after `update`, or Docker's reason why not.
Status MergeUpdate(const types::ContainerUpdateRequest& update, types::HostConfig& host);

Result<types::ContainerUpdateResponse> UpdateContainer(Engine& engine,
                                                       const ContainerPtr& container,
                                                       types::ContainerUpdateRequest update);
Status RenameContainer(Engine& engine, const ContainerPtr& container, std::string new_name);
Status ResizeContainer(Engine& engine, const ContainerPtr& container, unsigned height,
                       unsigned width);
Status RestartContainer(Engine& engine, const ContainerPtr& container, const std::string& signal,
                        std::optional<int> timeout);

}  // namespace buoy::container
