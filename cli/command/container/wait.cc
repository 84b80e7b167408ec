#include "cli/command/container/container.h"
#include "cli/command/each.h"

namespace buoy::cli {

Command ContainerWait() {
  return {.use = "wait CONTAINER [CONTAINER...]",
          .brief = "Block until one or more containers stop, then print their exit codes",
          .full_names = "container wait, wait",
          .args = MinArgs(1),
          .run = [](Invocation& in) -> Result<int> {
            ErrorList errors;
            for (const std::string& id : in.args) {
              auto path = ContainerPath(id, "/wait");
              auto reply = path.ok() ? in.cli.Do("POST", *path) : path.error();
              if (!reply.ok()) {
                errors.Add(reply.error());
                continue;
              }
              BUOY_ASSIGN(Value result, Value::Parse(reply->body));
              in.cli.Out(std::to_string(result.Int("StatusCode")) + "\n");
            }
            return errors.Finish();
          }};
}

}  // namespace buoy::cli
