#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

// With Buoy's own verbs, or only Docker's.
Command SystemGroup(bool with_own_verbs);
Command SystemDf();
Command SystemDialStdio();
Command SystemPrune();
Command Events();
Command Info();
// Buoy's own: the daemon's configuration and program.
Command SystemCheck();
Command SystemConfig();
Command SystemReload();
Command SystemUpgrade();

}  // namespace buoy::cli
