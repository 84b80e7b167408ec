#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

// Talks to registries itself, without the daemon, as Docker's does.
Command ManifestGroup();
Command ManifestAnnotate();
Command ManifestCreate();
Command ManifestInspect();
Command ManifestPush();
Command ManifestRm();

}  // namespace buoy::cli
