#pragma once

#include "cli/command/command.h"

// Verbs of the swarm: the cluster itself, its nodes, secrets and configs.
namespace buoy::cli {

Command SwarmGroup();
Command SwarmCa();
Command SwarmInit();
Command SwarmJoin();
Command SwarmJoinToken();
Command SwarmLeave();
Command SwarmUnlock();
Command SwarmUnlockKey();
Command SwarmUpdate();

Command SecretGroup();
Command ConfigGroup();

}  // namespace buoy::cli
