#include "cli/command/node/node.h"

namespace buoy::cli {

Command NodeGroup() {
  return {.use = "node",
          .brief = "Manage Swarm nodes",
          .args = NoArgs(),
          .children =
              [] {
                return std::vector<Command>{NodeDemote(), NodeInspect(), NodeLs(),    NodePromote(),
                                            NodePs(),     NodeRm(),      NodeUpdate()};
              },
          .min_version = "1.24",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
