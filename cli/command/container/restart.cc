#include "cli/command/container/container.h"
#include "cli/command/container/stop_options.h"
#include "cli/command/each.h"

namespace buoy::cli {

Command ContainerRestart() {
  auto options = std::make_shared<StopOptions>();
  return {.use = "restart [OPTIONS] CONTAINER [CONTAINER...]",
          .brief = "Restart one or more containers",
          .full_names = "container restart, restart",
          .args = MinArgs(1),
          .flags = [options](FlagSet& flags) { options->AddFlags(flags); },
          .run = [options](Invocation& in) -> Result<int> {
            BUOY_ASSIGN(api::Query query, options->ToQuery(in.flags));
            return EachAndPrint(in.cli, in.args, [&](const std::string& id) {
              return PostContainer(in.cli, id, "/restart", query);
            });
          }};
}

}  // namespace buoy::cli
