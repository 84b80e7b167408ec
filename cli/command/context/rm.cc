#include "cli/command/context/context.h"
#include "cli/command/each.h"
#include "cli/flags/quote.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

Status Remove(Cli& cli, const std::string& name, bool force) {
  if (name == kDefaultContext) return InvalidArgument("context \"default\" cannot be removed");
  ContextStore store(cli.config().dir());
  if (name == CurrentContext(cli.options(), cli.config())) {
    if (!force) {
      return Conflict("context " + Quote(name) + " is in use, set -f flag to force remove");
    }
    cli.config().SetText("currentContext", "");
    BUOY_TRY(cli.config().Save());
  }
  if (!force && !PathExists(store.MetaPath(name))) {
    return NotFound("context " + Quote(name) + " does not exist");
  }
  return store.Remove(name);
}

Result<int> Run(Invocation& in, bool force) {
  ErrorList errors;
  for (const std::string& name : in.args) {
    Status removed = Remove(in.cli, name, force);
    if (removed.ok()) {
      in.cli.Out(name + "\n");
    } else {
      errors.Add(removed.error());
    }
  }
  return errors.Finish();
}

}  // namespace

Command ContextRm() {
  auto force = std::make_shared<bool>(false);
  return {.use = "rm CONTEXT [CONTEXT...]",
          .brief = "Remove one or more contexts",
          .other_names = {"remove"},
          .args = MinArgs(1),
          .flags =
              [force](FlagSet& flags) {
                flags.Bool(force.get(), "force", 'f', "Force the removal of a context in use");
              },
          .run = [force](Invocation& in) { return Run(in, *force); }};
}

}  // namespace buoy::cli
