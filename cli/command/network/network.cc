#include "cli/command/network/network.h"

#include "cli/command/objects.h"

namespace buoy::cli {

Command NetworkGroup() {
  return {.use = "network", .brief = "Manage networks", .args = NoArgs(), .children = [] {
            return std::vector<Command>{NetworkConnect(), NetworkCreate(), NetworkDisconnect(),
                                        NetworkInspect(), NetworkLs(),     NetworkPrune(),
                                        NetworkRm()};
          }};
}

}  // namespace buoy::cli
