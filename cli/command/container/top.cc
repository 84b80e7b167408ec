#include "cli/command/container/container.h"
#include "cli/command/list.h"
#include "cli/formatter/tabwriter.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  BUOY_ASSIGN(std::string path, ContainerPath(in.args[0], "/top"));
  std::vector<std::string> ps(in.args.begin() + 1, in.args.end());
  BUOY_ASSIGN(Value list, in.cli.Get(path, api::Query().AddIf("ps_args", Join(ps, " "))));
  std::string table = Join(list.At("Titles").StrList(), "\t") + "\n";
  for (const Value& process : list.At("Processes").List()) {
    table += Join(process.StrList(), "\t") + "\n";
  }
  in.cli.Out(AlignTabs(table, {.min_width = 20, .padding = 3}));
  return 0;
}

}  // namespace

Command ContainerTop() {
  return {.use = "top CONTAINER [ps OPTIONS]",
          .brief = "Display the running processes of a container",
          .full_names = "container top, top",
          .args = MinArgs(1),
          .interspersed = false,
          .run = Run};
}

}  // namespace buoy::cli
