#include "cli/command/when.h"

#include <cctype>

#include "cli/flags/quote.h"
#include "common/gotime/duration.h"

namespace buoy::cli {

Result<std::string> ParseWhen(const std::string& text, const gotime::Time& now) {
  BUOY_ASSIGN(std::string when, gotime::ParseTimestamp(text, now));
  // What it could not read comes back as it was; a Unix time is digits.
  bool number = !when.empty() && when.find_first_not_of("0123456789.-") == std::string::npos;
  if (!number) {
    return InvalidArgument("failed to parse value as time or duration: " + Quote(text));
  }
  // A duration counts in whole seconds.
  if (gotime::ParseDuration(text).ok()) when = when.substr(0, when.find('.'));
  return when;
}

}  // namespace buoy::cli
