#pragma once

#include <string>

#include "common/result/result.h"
#include "daemon/config/command_line.h"
#include "daemon/config/settings.h"

namespace buoy::config {

// What --validate prints on stderr when Load succeeds.
inline constexpr char kConfigurationOk[] = "configuration OK";

// dockerd words a value that it refuses differently when it reloads.
enum class Occasion { kStart, kReload };

// Defaults, then the file named by the command line, then the flags; checked as a whole. Reads
// the file anew at every call: a reload is another Load with the same command line. A missing file
// is fine unless it was named. The error's message is what dockerd prints or logs.
Result<Settings> Load(const CommandLine& command_line, Occasion occasion = Occasion::kStart);

// The same over a text in place of the file's.
Result<Settings> LoadText(const CommandLine& command_line, const std::string& file_text,
                          Occasion occasion = Occasion::kStart);

}  // namespace buoy::config
