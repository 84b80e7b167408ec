#include "cli/command/container/container.h"
#include "cli/command/each.h"

namespace buoy::cli {

Command ContainerUnpause() {
  return {.use = "unpause CONTAINER [CONTAINER...]",
          .brief = "Unpause all processes within one or more containers",
          .full_names = "container unpause, unpause",
          .args = MinArgs(1),
          .run = [](Invocation& in) -> Result<int> {
            return EachAndPrint(in.cli, in.args, [&](const std::string& id) {
              return PostContainer(in.cli, id, "/unpause");
            });
          }};
}

}  // namespace buoy::cli
