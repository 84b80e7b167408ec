#include "cli/command/prune_run.h"
#include "cli/command/system/system.h"
#include "cli/command/terminal.h"
#include "cli/flags/units.h"

namespace buoy::cli {
namespace {

struct Options {
  PruneOptions prune;
  bool volumes = false;
};

std::string Warning(const Options& options, const Filters& filters) {
  std::string text =
      "WARNING! This will remove:\n"
      "  - all stopped containers\n"
      "  - all networks not used by at least one container\n";
  if (options.volumes) {
    text += "  - all anonymous volumes not used by at least one container\n";
  }
  text += options.prune.all ? "  - all images without at least one container associated to them\n"
                              "  - all build cache\n"
                            : "  - all dangling images\n  - unused build cache\n";
  if (!filters.empty()) {
    text += "\n  Items to be pruned will be filtered with:\n";
    for (const auto& [name, values] : filters.values()) {
      for (const std::string& value : values) text += "  - " + name + "=" + value + "\n";
    }
  }
  return text + "\nAre you sure you want to continue?";
}

Result<int> Run(Invocation& in, const Options& options) {
  Cli& cli = in.cli;
  Filters filters = PruneFilters(cli, options.prune.filters);
  if (options.volumes && filters.Has("until")) {
    return InvalidArgument("ERROR: The \"until\" filter is not supported with \"--volumes\"");
  }
  if (!options.prune.force) {
    BUOY_ASSIGN(bool yes, Confirm(cli, Warning(options, filters)));
    if (!yes) return 0;
  }
  bool all = options.prune.all;
  std::vector<std::function<Result<PruneReport>()>> steps = {
      [&] { return PruneContainers(cli, filters); }, [&] { return PruneNetworks(cli, filters); }};
  if (options.volumes) steps.push_back([&] { return PruneVolumes(cli, filters); });
  steps.push_back([&] { return PruneImages(cli, filters, all); });
  steps.push_back([&] { return PruneBuildCache(cli, filters, all, 0); });
  int64_t reclaimed = 0;
  for (const auto& step : steps) {
    auto report = step();
    // Docker goes on after a failed part, unless the daemon is gone.
    if (!report.ok()) {
      cli.Err(report.error().message() + "\n");
      if (report.error().kind() == ErrorKind::kUnavailable) return 1;
      continue;
    }
    reclaimed += report->reclaimed;
    if (!report->output.empty()) cli.Out(report->output + "\n");
  }
  cli.Out("Total reclaimed space: " + HumanSize(static_cast<double>(reclaimed)) + "\n");
  return 0;
}

}  // namespace

Result<PruneReport> PruneBuildCache(Cli& cli, const Filters& filters, bool all, int64_t keep) {
  api::Query query;
  query.AddFlag("all", all).AddIf("filters", filters.Json());
  query.AddIf("keep-storage", keep > 0 ? std::to_string(keep) : "");
  BUOY_ASSIGN(api::Reply reply, cli.Do("POST", "/build/prune", query));
  BUOY_ASSIGN(Value report, Value::Parse(reply.body));
  return ListedReport(report, "Deleted build cache objects:", "CachesDeleted");
}

Command SystemPrune() {
  auto options = std::make_shared<Options>();
  return {.use = "prune [OPTIONS]",
          .brief = "Remove unused data",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->prune.force, "force", 'f', "Do not prompt for confirmation");
                flags.Bool(&options->prune.all, "all", 'a',
                           "Remove all unused images not just dangling ones");
                flags.Bool(&options->volumes, "volumes", 0, "Prune anonymous volumes");
                options->prune.filters.AddFlag(
                    flags, 0, "Provide filter values (e.g. \"label=<key>=<value>\")");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
