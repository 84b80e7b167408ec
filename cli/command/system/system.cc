#include "cli/command/system/system.h"

namespace buoy::cli {
namespace {

std::vector<Command> DockerVerbs() {
  return {SystemDf(), SystemDialStdio(), Events(), Info(), SystemPrune()};
}

std::vector<Command> BuoyVerbs() {
  std::vector<Command> verbs = DockerVerbs();
  verbs.push_back(SystemCheck());
  verbs.push_back(SystemConfig());
  verbs.push_back(SystemReload());
  verbs.push_back(SystemUpgrade());
  return verbs;
}

}  // namespace

Command SystemGroup(bool with_own_verbs) {
  return {.use = "system",
          .brief = "Manage Docker",
          .args = NoArgs(),
          .children = with_own_verbs ? BuoyVerbs : DockerVerbs};
}

}  // namespace buoy::cli
