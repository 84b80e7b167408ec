#include "cli/command/image/image.h"
#include "cli/command/prune_run.h"

namespace buoy::cli {
namespace {

constexpr char kDanglingWarning[] =
    "WARNING! This will remove all dangling images.\nAre you sure you want to continue?";
constexpr char kAllWarning[] =
    "WARNING! This will remove all images without at least one container associated to them.\n"
    "Are you sure you want to continue?";

}  // namespace

Result<PruneReport> PruneImages(Cli& cli, const Filters& given, bool all) {
  Filters filters = given;
  filters.Add("dangling", all ? "false" : "true");
  BUOY_ASSIGN(api::Reply reply, cli.Do("POST", "/images/prune", {{"filters", filters.Json()}}));
  BUOY_ASSIGN(Value report, Value::Parse(reply.body));
  PruneReport out;
  const ValueList& deleted = report.At("ImagesDeleted").List();
  if (deleted.empty()) return out;
  out.output = "Deleted Images:\n";
  for (const Value& image : deleted) {
    const std::string& untagged = image.Str("Untagged");
    out.output += untagged.empty() ? "deleted: " + image.Str("Deleted") + "\n"
                                   : "untagged: " + untagged + "\n";
  }
  out.reclaimed = report.Int("SpaceReclaimed");
  return out;
}

Command ImagePrune() {
  auto options = std::make_shared<PruneOptions>();
  return {.use = "prune [OPTIONS]",
          .brief = "Remove unused images",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->force, "force", 'f', "Do not prompt for confirmation");
                flags.Bool(&options->all, "all", 'a',
                           "Remove all unused images, not just dangling ones");
                options->filters.AddFlag(flags, 0,
                                         "Provide filter values (e.g. \"until=<timestamp>\")");
              },
          .run = [options](Invocation& in) -> Result<int> {
            return RunPrune(in.cli, *options, options->all ? kAllWarning : kDanglingWarning,
                            [&](Cli& cli, const Filters& filters) {
                              return PruneImages(cli, filters, options->all);
                            });
          }};
}

}  // namespace buoy::cli
