#include <unistd.h>

#include "cli/command/container/container.h"
#include "cli/command/output_file.h"
#include "cli/command/terminal.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in, const std::string& output) {
  if (output.empty() && IsTerminal(STDOUT_FILENO)) {
    return InvalidArgument("cowardly refusing to save to a terminal. Use the -o flag or redirect");
  }
  BUOY_ASSIGN_CONTEXT(OutputFile file, OutputFile::Create(output), "failed to export container");
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  BUOY_ASSIGN(std::string path, ContainerPath(in.args[0], "/export"));
  BUOY_ASSIGN(auto stream, client->Open({.path = path}));
  FdSink sink(file.fd());
  BUOY_TRY(CopyStream(*stream, sink));
  BUOY_TRY(file.Commit());
  return 0;
}

}  // namespace

Command ContainerExport() {
  auto output = std::make_shared<std::string>();
  return {.use = "export [OPTIONS] CONTAINER",
          .brief = "Export a container's filesystem as a tar archive",
          .full_names = "container export, export",
          .args = ExactArgs(1),
          .flags =
              [output](FlagSet& flags) {
                flags.String(output.get(), "output", 'o', "Write to a file, instead of STDOUT");
              },
          .run = [output](Invocation& in) { return Run(in, *output); }};
}

}  // namespace buoy::cli
