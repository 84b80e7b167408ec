#pragma once

#include <functional>

#include "api/client/client.h"
#include "cli/command/cli.h"
#include "cli/formatter/value.h"

namespace buoy::cli {

// Shows a stream of progress messages (pull, push, load, import, build): lines, or on a terminal
// one moving line per layer. Returns the error that a message carries. `fd` is 1 or 2; -1 shows
// nothing. `aux`, when given, is called with each "aux" object.
Status ShowProgress(ByteSource& stream, int fd,
                    const std::function<void(const Value&)>& aux = nullptr);

}  // namespace buoy::cli
