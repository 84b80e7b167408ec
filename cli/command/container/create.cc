#include "cli/command/container/container.h"
#include "cli/command/container/create_container.h"

namespace buoy::cli {
namespace {

struct Options {
  CreateOptions create;
  ContainerOptions container;
};

Result<int> Run(Invocation& in, Options& options) {
  auto request = BuildRequest(in.cli, in.flags, options.create, options.container, in.args);
  if (!request.ok()) {
    return Exit(in.cli, 125, WithHelp(in.cli, request.error().message(), "create"));
  }
  BUOY_ASSIGN(std::string id, CreateContainer(in.cli, *std::move(request), options.create));
  in.cli.Out(id + "\n");
  return 0;
}

}  // namespace

Command ContainerCreate() {
  auto options = std::make_shared<Options>();
  return {.use = "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
          .brief = "Create a new container",
          .full_names = "container create, create",
          .args = MinArgs(1),
          .interspersed = false,
          .flags =
              [options](FlagSet& flags) {
                AddCreateFlags(flags, options->create,
                               "Pull image before creating (\"always\", \"|missing\", \"never\")");
                options->container.AddFlags(flags);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
