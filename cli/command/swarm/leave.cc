#include "cli/command/swarm/swarm.h"

namespace buoy::cli {

Command SwarmLeave() {
  auto force = std::make_shared<bool>(false);
  return {.use = "leave [OPTIONS]",
          .brief = "Leave the swarm",
          .args = NoArgs(),
          .flags =
              [force](FlagSet& flags) {
                flags.Bool(force.get(), "force", 'f',
                           "Force this node to leave the swarm, ignoring warnings");
              },
          .run = [force](Invocation& in) -> Result<int> {
            BUOY_TRY(in.cli.Do("POST", "/swarm/leave", api::Query().AddFlag("force", *force)));
            in.cli.Out("Node left the swarm.\n");
            return 0;
          },
          .min_version = "1.24",
          .swarm_role = "active"};
}

}  // namespace buoy::cli
