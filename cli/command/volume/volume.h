#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

Command VolumeGroup();
Command VolumePrune();
Command VolumeUpdate();

}  // namespace buoy::cli
