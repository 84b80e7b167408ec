#include "cli/command/context/context.h"

namespace buoy::cli {

Command ContextShow() {
  return {.use = "show",
          .brief = "Print the name of the current context",
          .args = NoArgs(),
          .run = [](Invocation& in) -> Result<int> {
            in.cli.Out(CurrentContext(in.cli.options(), in.cli.config()) + "\n");
            return 0;
          }};
}

}  // namespace buoy::cli
