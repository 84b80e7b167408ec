#pragma once

#include <string>

#include "api/client/client.h"
#include "cli/command/cli.h"
#include "cli/flags/flag_set.h"
#include "common/result/result.h"

namespace buoy::cli {

struct Command;
struct Found;

// What the daemon can do, and so which commands and flags there are. The daemon is asked when the
// first answer needs it; one that cannot be reached supports everything (the command itself will
// tell).
class Support {
 public:
  explicit Support(Cli& cli) : cli_(cli) {}

  // Errors: `"--tree" requires API version 1.47, but the Docker daemon API version is 1.41`.
  Status CheckCommand(const Found& found) const;
  Status CheckFlags(const FlagSet& flags) const;
  // Takes what there is not out of a help page.
  void HideFlags(const FlagSet& flags) const;
  bool Shows(const Command& command) const;

 private:
  struct Server {
    bool reachable = false;
    std::string version, os_type, swarm;
    bool experimental = true;
  };
  const Server& server() const;
  bool Older(const std::string& min_version) const;
  // Why a flag cannot be used; "" = it can.
  std::string Reason(const Flag& flag) const;

  Cli& cli_;
  mutable Server server_;
  mutable bool asked_ = false;
};

}  // namespace buoy::cli
