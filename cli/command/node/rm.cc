#include "cli/command/each.h"
#include "cli/command/node/node.h"

namespace buoy::cli {

Command NodeRm() {
  auto force = std::make_shared<bool>(false);
  return {.use = "rm [OPTIONS] NODE [NODE...]",
          .brief = "Remove one or more nodes from the swarm",
          .other_names = {"remove"},
          .args = MinArgs(1),
          .flags =
              [force](FlagSet& flags) {
                flags.Bool(force.get(), "force", 'f', "Force remove a node from the swarm");
              },
          .run = [force](Invocation& in) -> Result<int> {
            ErrorList errors;
            for (const std::string& name : in.args) {
              auto reply = in.cli.Do("DELETE", "/nodes/" + api::EscapePath(name),
                                     api::Query().AddFlag("force", *force));
              if (reply.ok()) {
                in.cli.Out(name + "\n");
              } else {
                errors.Add(reply.error());
              }
            }
            return errors.Finish();
          }};
}

}  // namespace buoy::cli
