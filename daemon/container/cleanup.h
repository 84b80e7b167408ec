#pragma once

#include "daemon/container/engine.h"

// What follows after a container has ended.
namespace buoy::container {

// Names under which the shim holds sockets of published ports: those of the start, and those of
// networks joined later.
inline constexpr const char* kHeldPorts = "ports";
inline constexpr const char* kJoinedPorts = "ports-joined";

// Gives the shim the sockets of the container's DNS server, if the sandbox has new ones.
Status ServeDns(shim::ShimClient& client, const network::Sandbox& sandbox);

// Gives back network and mounts of the last run; afterwards an auto-remove container is removed and
// an idle shim ended. In the background.
void ScheduleCleanup(Engine& engine, const ContainerPtr& container);
// The first part, at once. `operation` is held.
void CleanupLocked(Engine& engine, const ContainerPtr& container);

// Its shim is gone. While init lives on it is watched through its pidfd; otherwise the container
// counts as exited with 255.
void AdoptOrBury(Engine& engine, const ContainerPtr& container);
// Marks it exited without a record: `exit_code` at `time_ns`, with its die event.
void MarkExited(Engine& engine, const ContainerPtr& container, int exit_code, int64_t time_ns);

}  // namespace buoy::container
