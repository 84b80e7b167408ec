#pragma once

#include "cli/command/command.h"

namespace buoy::cli {

Command NetworkGroup();
Command NetworkConnect();
Command NetworkDisconnect();
Command NetworkCreate();
Command NetworkLs();
Command NetworkPrune();
Command NetworkRm();

}  // namespace buoy::cli
