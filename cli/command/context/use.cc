#include <cstdlib>

#include "cli/command/context/context.h"
#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  if (in.args.size() != 1) {  // the one verb with cobra's own words
    return InvalidArgument("accepts 1 arg(s), received " + std::to_string(in.args.size()));
  }
  Cli& cli = in.cli;
  const std::string& name = in.args[0];
  std::string value;  // none stands for "default"
  if (name != kDefaultContext) {
    BUOY_TRY(ContextStore::CheckName(name));
    BUOY_TRY(GetContext(cli, name));
    value = name;
  }
  if (cli.config().Get("currentContext") != value) {
    cli.config().SetText("currentContext", value);
    BUOY_TRY(cli.config().Save());
  }
  cli.Out(name + "\n");
  cli.Err("Current context is now " + Quote(name) + "\n");
  const char* host = getenv("DOCKER_HOST");
  if (name != kDefaultContext && host != nullptr && *host != '\0') {
    cli.Err("Warning: DOCKER_HOST environment variable overrides the active context. To use " +
            Quote(name) +
            ", either set the global --context flag, or unset DOCKER_HOST environment variable.\n");
  }
  return 0;
}

}  // namespace

Command ContextUse() {
  return {.use = "use CONTEXT", .brief = "Set the current docker context", .run = Run};
}

}  // namespace buoy::cli
