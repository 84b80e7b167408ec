#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/command/cli.h"
#include "cli/command/filters.h"

namespace buoy::cli {

struct PruneOptions {
  bool force = false;
  bool all = false;
  Filters filters;
};

struct PruneReport {
  std::string output;  // what was deleted, ready to print; "" = nothing
  int64_t reclaimed = 0;
};

// "title\nid\nid\n" from a list of the answer, with its SpaceReclaimed.
PruneReport ListedReport(const Value& report, const std::string& title, const std::string& key);

// Asks unless --force, prunes, prints the report ("Total reclaimed space: ...").
Result<int> RunPrune(Cli& cli, const PruneOptions& options, const std::string& warning,
                     const std::function<Result<PruneReport>(Cli&, const Filters&)>& prune,
                     bool show_space = true);

Result<PruneReport> PruneContainers(Cli& cli, const Filters& filters);
// With `all` not only those without a name.
Result<PruneReport> PruneImages(Cli& cli, const Filters& filters, bool all);
Result<PruneReport> PruneNetworks(Cli& cli, const Filters& filters);
Result<PruneReport> PruneVolumes(Cli& cli, const Filters& filters);
Result<PruneReport> PruneBuildCache(Cli& cli, const Filters& filters, bool all, int64_t keep);

}  // namespace buoy::cli
