#include "cli/command/each.h"
#include "cli/command/swarm/payload.h"

namespace buoy::cli {

Command PayloadRm(const PayloadKind& kind) {
  std::string argument = kind.secret ? "SECRET" : "CONFIG";
  return {.use = "rm " + argument + " [" + argument + "...]",
          .brief = std::string("Remove one or more ") + kind.plural,
          .other_names = {"remove"},
          .args = MinArgs(1),
          .run = [kind](Invocation& in) -> Result<int> {
            ErrorList errors;
            for (const std::string& name : in.args) {
              auto reply =
                  in.cli.Do("DELETE", std::string(kind.path) + "/" + api::EscapePath(name));
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
