#pragma once

#include <memory>

#include "api/distribution/settings.h"
#include "daemon/config/settings.h"
#include "daemon/container/options.h"
#include "daemon/network/options.h"
#include "daemon/oci/runtime.h"

// From the configuration's keys to what each area is told. The areas know no keys.
namespace buoy::server {

oci::RuntimeOptions RuntimeOptions(const config::Settings& settings);
// Reads the seccomp profile's file.
Result<oci::HostSettings> HostSettings(const config::Settings& settings);
container::Options ContainerOptions(const config::Settings& settings, oci::HostSettings host,
                                    std::shared_ptr<const oci::Runtimes> runtimes);
network::Options NetworkOptions(const config::Settings& settings);
distribution::Settings RegistrySettings(const config::Settings& settings);

// Level and format of the daemon's own log.
void ApplyLogSettings(const config::Settings& settings);

}  // namespace buoy::server
