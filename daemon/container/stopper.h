#pragma once

#include <optional>
#include <string>

#include "daemon/container/engine.h"

// Signals and what belongs to them.
namespace buoy::container {

// Stop signal, wait, SIGKILL. Not running = nothing to do. Publishes kill and stop. `timeout`
// nullopt = the container's or the daemon's; negative = for ever.
Status StopContainer(Engine& engine, const ContainerPtr& container, const std::string& signal,
                     std::optional<int> timeout);
// SIGKILL and wait until it is over.
Status KillAndWait(Engine& engine, const ContainerPtr& container);
// One signal; the restart policy does not fire when the container ends by it.
Status SendSignal(Engine& engine, const ContainerPtr& container, int signal);
// The API's kill: `signal` empty = SIGKILL.
Status KillContainer(Engine& engine, const ContainerPtr& container, const std::string& signal);

Status PauseContainer(Engine& engine, const ContainerPtr& container);
Status UnpauseContainer(Engine& engine, const ContainerPtr& container);

}  // namespace buoy::container
