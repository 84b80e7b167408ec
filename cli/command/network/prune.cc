#include "cli/command/network/network.h"
#include "cli/command/prune_run.h"

namespace buoy::cli {
namespace {

constexpr char kWarning[] =
    "WARNING! This will remove all custom networks not used by at least one container.\n"
    "Are you sure you want to continue?";

}  // namespace

Result<PruneReport> PruneNetworks(Cli& cli, const Filters& filters) {
  BUOY_ASSIGN(api::Reply reply,
              cli.Do("POST", "/networks/prune", api::Query().AddIf("filters", filters.Json())));
  BUOY_ASSIGN(Value report, Value::Parse(reply.body));
  return ListedReport(report, "Deleted Networks:", "NetworksDeleted");
}

Command NetworkPrune() {
  auto options = std::make_shared<PruneOptions>();
  return {.use = "prune [OPTIONS]",
          .brief = "Remove all unused networks",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->force, "force", 'f', "Do not prompt for confirmation");
                options->filters.AddFlag(flags, 0,
                                         "Provide filter values (e.g. \"until=<timestamp>\")");
              },
          .run = [options](Invocation& in) -> Result<int> {
            return RunPrune(in.cli, *options, kWarning, PruneNetworks, false);
          }};
}

}  // namespace buoy::cli
