#include "cli/command/container/container.h"
#include "cli/command/each.h"

namespace buoy::cli {
namespace {

struct Options {
  bool volumes = false, link = false, force = false;
};

Status Remove(Cli& cli, const Options& options, std::string id) {
  id.erase(0, id.find_first_not_of('/'));
  id.erase(id.find_last_not_of('/') + 1);
  if (id.empty()) return InvalidArgument("container name cannot be empty");
  BUOY_ASSIGN(std::string path, ContainerPath(id, ""));
  BUOY_TRY(cli.Do("DELETE", path,
                  api::Query()
                      .AddFlag("v", options.volumes)
                      .AddFlag("link", options.link)
                      .AddFlag("force", options.force)));
  return Ok();
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_TRY(in.cli.client());
  ErrorList errors;
  auto results =
      InParallel(in.args, [&](const std::string& id) { return Remove(in.cli, options, id); });
  for (size_t i = 0; i < in.args.size(); ++i) {
    if (results[i].ok()) {
      in.cli.Out(in.args[i] + "\n");
    } else if (options.force && results[i].error().kind() == ErrorKind::kNotFound) {
      in.cli.Err(results[i].error().message() + "\n");
    } else {
      errors.Add(results[i].error());
    }
  }
  return errors.Finish();
}

}  // namespace

Command ContainerRm() {
  auto options = std::make_shared<Options>();
  return {.use = "rm [OPTIONS] CONTAINER [CONTAINER...]",
          .brief = "Remove one or more containers",
          .full_names = "container rm, container remove, rm",
          .other_names = {"remove"},
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->volumes, "volumes", 'v',
                           "Remove anonymous volumes associated with the container");
                flags.Bool(&options->link, "link", 'l', "Remove the specified link");
                flags.Bool(&options->force, "force", 'f',
                           "Force the removal of a running container (uses SIGKILL)");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
