#pragma once

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

// Connections that are handed over to the shim.
namespace buoy::container {

Status AttachContainer(Engine& engine, const ContainerPtr& container, const std::string& ref,
                       const api::AttachOptions& options, api::Handover& client);
Status WaitContainer(Engine& engine, const ContainerPtr& container, api::WaitCondition condition,
                     api::Handover& client);
Status ContainerLogs(Engine& engine, const ContainerPtr& container, const api::LogsOptions& options,
                     api::Handover& client);

// Docker's notation of detach keys to bytes; empty = the default.
Result<std::string> DetachKeyBytes(const std::string& spec, const std::string& what);

}  // namespace buoy::container
