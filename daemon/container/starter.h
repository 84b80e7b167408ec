#pragma once

#include "daemon/container/engine.h"

namespace buoy::container {

// Why the container may not be started now (kNotModified: it runs).
Status CheckStartable(const ContainerData& data);

// Network, mounts, spec, shim. Returns when it runs (or has run); nothing stays after a failure,
// and the container's error and exit code are set as Docker sets them. `by_user` false = a start by
// the daemon itself, which keeps the restart count.
Status StartContainer(Engine& engine, const ContainerPtr& container, bool by_user);
// A start by the daemon itself, in the background; a failure is logged.
void StartByPolicy(Engine& engine, const ContainerPtr& container);

}  // namespace buoy::container
