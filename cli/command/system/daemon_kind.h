#pragma once

#include "cli/command/cli.h"

namespace buoy::cli {

// True when the daemon is buoyd: a lost connection to it is worth a second try.
bool IsBuoyDaemon(Cli& cli);

// A stream that ended because the daemon went away, not because the daemon refused.
bool DaemonWentAway(const Status& ended);

}  // namespace buoy::cli
