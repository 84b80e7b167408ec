#include "cli/command/container/container.h"
#include "cli/command/filters.h"
#include "cli/command/prune_run.h"

namespace buoy::cli {
namespace {

constexpr char kWarning[] =
    "WARNING! This will remove all stopped containers.\nAre you sure you want to continue?";

}  // namespace

Result<PruneReport> PruneContainers(Cli& cli, const Filters& filters) {
  BUOY_ASSIGN(api::Reply reply,
              cli.Do("POST", "/containers/prune", api::Query().AddIf("filters", filters.Json())));
  BUOY_ASSIGN(Value report, Value::Parse(reply.body));
  return ListedReport(report, "Deleted Containers:", "ContainersDeleted");
}

Command ContainerPrune() {
  auto options = std::make_shared<PruneOptions>();
  return {.use = "prune [OPTIONS]",
          .brief = "Remove all stopped containers",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->force, "force", 'f', "Do not prompt for confirmation");
                options->filters.AddFlag(flags, 0,
                                         "Provide filter values (e.g. \"until=<timestamp>\")");
              },
          .run = [options](Invocation& in) -> Result<int> {
            return RunPrune(in.cli, *options, kWarning, PruneContainers);
          }};
}

}  // namespace buoy::cli
