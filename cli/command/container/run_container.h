#pragma once

#include <memory>
#include <string>

#include "api/client/client.h"
#include "cli/command/cli.h"
#include "cli/command/container/stream.h"

namespace buoy::cli {

// The pieces that run, start and attach are made of.

// From now on every signal that Docker forwards goes to the container.
void ForwardSignals(Cli& cli, const std::string& id);

// POST /containers/ID/attach?stream=1...
Result<api::HijackedStream> AttachContainer(Cli& cli, const std::string& id,
                                            const StreamOptions& options);

struct WaitResult {
  int status = 0;
  std::string error;
};
// POST /containers/ID/wait; the daemon has registered the wait when this returns. `condition` is
// "", "next-exit" or "removed".
Result<std::unique_ptr<api::ReplyStream>> OpenWait(Cli& cli, const std::string& id,
                                                   const std::string& condition);
Result<WaitResult> ReadWait(api::ReplyStream& wait);

// ReadWait with Docker's log lines: 125 when the wait fails.
int ExitStatusOf(Cli& cli, const std::string& id, api::ReplyStream& wait);

}  // namespace buoy::cli
