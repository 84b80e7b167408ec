#include "cli/command/prune_run.h"
#include "cli/command/volume/volume.h"

namespace buoy::cli {
namespace {

// Daemons before API 1.42 prune named volumes too.
constexpr char kOldWarning[] =
    "WARNING! This will remove all local volumes not used by at least one container.\n"
    "Are you sure you want to continue?";
constexpr char kAnonymousWarning[] =
    "WARNING! This will remove anonymous local volumes not used by at least one container.\n"
    "Are you sure you want to continue?";

}  // namespace

Result<PruneReport> PruneVolumes(Cli& cli, const Filters& filters) {
  BUOY_ASSIGN(api::Reply reply,
              cli.Do("POST", "/volumes/prune", api::Query().AddIf("filters", filters.Json())));
  BUOY_ASSIGN(Value report, Value::Parse(reply.body));
  return ListedReport(report, "Deleted Volumes:", "VolumesDeleted");
}

Command VolumePrune() {
  auto options = std::make_shared<PruneOptions>();
  return {
      .use = "prune [OPTIONS]",
      .brief = "Remove unused local volumes",
      .args = NoArgs(),
      .flags =
          [options](FlagSet& flags) {
            flags
                .Bool(&options->all, "all", 'a',
                      "Remove all unused volumes, not just anonymous ones")
                .Since("1.42");
            flags.Bool(&options->force, "force", 'f', "Do not prompt for confirmation");
            options->filters.AddFlag(flags, 0, "Provide filter values (e.g. \"label=<label>\")");
          },
      .run = [options](Invocation& in) -> Result<int> {
        BUOY_ASSIGN(bool newer, in.cli.HasApi("1.42"));
        if (options->all) {
          if (options->filters.Has("all")) {
            return InvalidArgument(
                "conflicting options: cannot specify both --all and --filter all=1");
          }
          options->filters.Add("all", "true");
        }
        bool named = options->all || !newer;
        return RunPrune(in.cli, *options, named ? kOldWarning : kAnonymousWarning, PruneVolumes);
      }};
}

}  // namespace buoy::cli
