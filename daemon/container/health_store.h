#pragma once

#include "common/shim_protocol/state.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// The last probes as the API shows them.
json::List<types::HealthcheckResult> DescribeProbes(const shim::Health& health);

// At the end of a run: what the shim, which is about to go, knows of the health check stays
// visible. In memory and in <data-root>/containers/<id>/health.json. Nothing to do without a health
// check.
void KeepHealth(Engine& engine, Container& container);
// The daemon has started: of a container that does not run.
void LoadHealth(Engine& engine, Container& container);

}  // namespace buoy::container
