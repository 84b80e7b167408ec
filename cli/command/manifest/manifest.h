#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

// Talks to registries itself, without the daemon, as Docker's does.
Command ManifestGroup();
Command ManifestInspect();

}  // namespace buoy::cli
