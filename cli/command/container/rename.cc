#include "cli/command/container/container.h"
#include "cli/command/each.h"

namespace buoy::cli {

Command ContainerRename() {
  return {.use = "rename CONTAINER NEW_NAME",
          .brief = "Rename a container",
          .full_names = "container rename, rename",
          .args = ExactArgs(2),
          .run = [](Invocation& in) -> Result<int> {
            auto trim = [](std::string name) {
              name.erase(0, name.find_first_not_of(" \t\r\n"));
              name.erase(name.find_last_not_of(" \t\r\n") + 1);
              return name;
            };
            std::string from = trim(in.args[0]);
            std::string to = trim(in.args[1]);
            if (from.empty() || to.empty()) {
              return InvalidArgument("Error: Neither old nor new names may be empty");
            }
            Status renamed = PostContainer(in.cli, from, "/rename", {{"name", to}});
            if (!renamed.ok()) {
              in.cli.Err(renamed.error().message() + "\n");
              return InvalidArgument("Error: failed to rename container named " + from);
            }
            return 0;
          }};
}

}  // namespace buoy::cli
