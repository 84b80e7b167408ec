#include "cli/command/prune_run.h"

#include "cli/command/terminal.h"
#include "cli/flags/units.h"

namespace buoy::cli {

PruneReport ListedReport(const Value& report, const std::string& title, const std::string& key) {
  PruneReport out;
  if (report.At(key).List().empty()) return out;
  out.output = title + "\n";
  for (const Value& item : report.At(key).List()) out.output += item.Str() + "\n";
  out.reclaimed = report.Int("SpaceReclaimed");
  return out;
}

Result<int> RunPrune(Cli& cli, const PruneOptions& options, const std::string& warning,
                     const std::function<Result<PruneReport>(Cli&, const Filters&)>& prune,
                     bool show_space) {
  Filters filters = PruneFilters(cli, options.filters);
  if (!options.force) {
    BUOY_ASSIGN(bool yes, Confirm(cli, warning));
    // Docker leaves without a word and with status 0 when the answer is no.
    if (!yes) return 0;
  }
  BUOY_ASSIGN(PruneReport report, prune(cli, filters));
  if (!report.output.empty()) cli.Out(report.output + "\n");
  if (show_space) {
    cli.Out("Total reclaimed space: " + HumanSize(static_cast<double>(report.reclaimed)) + "\n");
  }
  return 0;
}

}  // namespace buoy::cli
