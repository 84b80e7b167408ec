#pragma once

#include <string>

#include "cli/command/cli.h"

namespace buoy::cli {

struct PullOptions {
  std::string platform;
  bool quiet = false;
  bool all_tags = false;
  bool to_stderr = false;  // progress goes to stderr (run, create)
};

// POST /images/create with the registry's credentials; shows the progress.
Status PullImage(Cli& cli, const std::string& image, const PullOptions& options);

}  // namespace buoy::cli
