#include "cli/command/swarm/swarm.h"

namespace buoy::cli {

Command SwarmGroup() {
  return {.use = "swarm",
          .brief = "Manage Swarm",
          .args = NoArgs(),
          .children =
              [] {
                return std::vector<Command>{SwarmCa(),        SwarmInit(),  SwarmJoin(),
                                            SwarmJoinToken(), SwarmLeave(), SwarmUnlock(),
                                            SwarmUnlockKey(), SwarmUpdate()};
              },
          .min_version = "1.24",
          .swarm_role = "any"};
}

}  // namespace buoy::cli
