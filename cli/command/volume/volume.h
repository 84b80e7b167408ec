#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

Command VolumeGroup();

}  // namespace buoy::cli
