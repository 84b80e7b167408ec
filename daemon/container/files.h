#pragma once

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

// A container's files seen from outside: cp, diff, export.
namespace buoy::container {

Result<types::PathStat> StatContainerPath(Engine& engine, const ContainerPtr& container,
                                          const std::string& ref, const std::string& path);
Status GetContainerArchive(Engine& engine, const ContainerPtr& container, const std::string& ref,
                           const std::string& path, api::Handover& client,
                           const std::function<void(const types::PathStat&)>& on_stat);
Status PutContainerArchive(Engine& engine, const ContainerPtr& container, const std::string& ref,
                           const std::string& path, ByteSource& tar, bool no_overwrite_dir_non_dir,
                           bool copy_uid_gid);
Result<std::vector<types::FilesystemChange>> ChangesOf(Engine& engine,
                                                       const ContainerPtr& container);
Status ExportContainer(Engine& engine, const ContainerPtr& container, const std::string& ref,
                       api::Handover& client);

}  // namespace buoy::container
