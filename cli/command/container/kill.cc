#include "cli/command/container/container.h"
#include "cli/command/each.h"

namespace buoy::cli {

Command ContainerKill() {
  auto signal = std::make_shared<std::string>();
  return {.use = "kill [OPTIONS] CONTAINER [CONTAINER...]",
          .brief = "Kill one or more running containers",
          .full_names = "container kill, kill",
          .args = MinArgs(1),
          .flags =
              [signal](FlagSet& flags) {
                flags.String(signal.get(), "signal", 's', "Signal to send to the container");
              },
          .run = [signal](Invocation& in) -> Result<int> {
            return EachAndPrint(in.cli, in.args, [&](const std::string& id) {
              return PostContainer(in.cli, id, "/kill", api::Query().AddIf("signal", *signal));
            });
          }};
}

}  // namespace buoy::cli
