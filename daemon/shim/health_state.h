#pragma once

#include <cstdint>

#include "common/shim_protocol/types.h"

namespace buoy::shim {

// Docker's health check as pure functions over its state.

// Replaces zeros by Docker's defaults.
HealthConfig WithHealthDefaults(HealthConfig config);
// What a container starts with.
Health InitialHealth();
// The state after a probe; `started_at` is the container's. True when the status changed.
bool ApplyProbe(const HealthConfig& config, int64_t started_at, const HealthResult& result,
                Health* health);
// The pause before the next probe.
int64_t ProbeInterval(const HealthConfig& config, HealthStatus status, int64_t since_start);

}  // namespace buoy::shim
