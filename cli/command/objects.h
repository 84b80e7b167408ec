#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

// inspect of everything and of each kind: one file, as they differ by a path.
Command Inspect();
Command ContainerInspect();
Command ImageInspect();
Command NetworkInspect();
Command VolumeInspect();

// GET of raw JSON through a template or "json": version, info.
Command Version();

}  // namespace buoy::cli
