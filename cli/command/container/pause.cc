#include "cli/command/container/container.h"
#include "cli/command/each.h"

namespace buoy::cli {

Command ContainerPause() {
  return {.use = "pause CONTAINER [CONTAINER...]",
          .brief = "Pause all processes within one or more containers",
          .full_names = "container pause, pause",
          .args = MinArgs(1),
          .run = [](Invocation& in) -> Result<int> {
            return EachAndPrint(in.cli, in.args, [&](const std::string& id) {
              return PostContainer(in.cli, id, "/pause");
            });
          }};
}

}  // namespace buoy::cli
