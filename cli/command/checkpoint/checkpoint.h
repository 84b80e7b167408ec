#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

Command CheckpointGroup();

}  // namespace buoy::cli
