#include "cli/command/node/node.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  Cli& cli = in.cli;
  auto change = [&](const Value& node, Value& spec) -> Result<bool> {
    if (spec.Str("Role") == "worker") {
      cli.Out("Node " + node.Str("ID") + " is already a worker.\n");
      return false;
    }
    spec.Set("Role", "worker");
    return true;
  };
  BUOY_TRY(UpdateNodes(cli, in.args, change, [&](const std::string& name) {
    cli.Out("Manager " + name + " demoted in the swarm.\n");
  }));
  return 0;
}

}  // namespace

Command NodeDemote() {
  return {.use = "demote NODE [NODE...]",
          .brief = "Demote one or more nodes from manager in the swarm",
          .args = MinArgs(1),
          .run = Run};
}

}  // namespace buoy::cli
