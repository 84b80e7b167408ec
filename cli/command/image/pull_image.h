#pragma once

#include <string>

#include "cli/command/cli.h"
#include "cli/command/command.h"
#include "common/reference/reference.h"

namespace buoy::cli {

struct PullOptions {
  std::string platform;
  bool quiet = false;
  bool all_tags = false;
  bool to_stderr = false;  // progress goes to stderr (run, create)
};

// The reference that `pull` and `push` work on: with the default tag (said unless quiet) where none
// was given, untouched with --all-tags, which allows no tag.
Result<Reference> ReferenceToMove(Invocation& in, bool all_tags, bool quiet);

// POST /images/create with the registry's credentials; shows the progress.
Status PullImage(Cli& cli, const std::string& image, const PullOptions& options);

}  // namespace buoy::cli
