#include "cli/command/node/node.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  Cli& cli = in.cli;
  auto change = [&](const Value& node, Value& spec) -> Result<bool> {
    if (spec.Str("Role") == "manager") {
      cli.Out("Node " + node.Str("ID") + " is already a manager.\n");
      return false;
    }
    spec.Set("Role", "manager");
    return true;
  };
  BUOY_TRY(UpdateNodes(cli, in.args, change, [&](const std::string& name) {
    cli.Out("Node " + name + " promoted to a manager in the swarm.\n");
  }));
  return 0;
}

}  // namespace

Command NodePromote() {
  return {.use = "promote NODE [NODE...]",
          .brief = "Promote one or more nodes to manager in the swarm",
          .args = MinArgs(1),
          .run = Run};
}

}  // namespace buoy::cli
