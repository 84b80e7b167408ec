#include "daemon/config/ulimit.h"

#include <algorithm>
#include <array>

#include "daemon/config/text.h"

namespace buoy::config {

Result<Ulimit> ParseUlimit(std::string_view text) {
  static constexpr std::array<std::string_view, 15> kNames = {
      "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
      "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
  size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return InvalidArgument("invalid ulimit argument: " + std::string(text));
  }
  Ulimit limit;
  limit.name = std::string(text.substr(0, equals));
  if (std::find(kNames.begin(), kNames.end(), limit.name) == kNames.end()) {
    return InvalidArgument("invalid ulimit type: " + limit.name);
  }
  std::string_view values = text.substr(equals + 1);
  auto parts = Split(values, ':');
  if (parts.size() > 2) {
    return InvalidArgument("too many limit value arguments - " + std::string(values) +
                           ", can only have up to two, `soft[:hard]`");
  }
  if (parts.size() == 2) {
    BUOY_ASSIGN(limit.hard, ParseInt(parts[1], "ParseInt", 10));
  }
  BUOY_ASSIGN(limit.soft, ParseInt(parts[0], "ParseInt", 10));
  if (parts.size() == 1) limit.hard = limit.soft;
  constexpr char kOrder[] = "ulimit soft limit must be less than or equal to hard limit: ";
  if (limit.hard != -1 && limit.soft == -1) {
    return InvalidArgument(kOrder + std::string("soft: -1 (unlimited), hard: ") +
                           std::to_string(limit.hard));
  }
  if (limit.hard != -1 && limit.soft > limit.hard) {
    return InvalidArgument(kOrder + std::to_string(limit.soft) + " > " +
                           std::to_string(limit.hard));
  }
  return limit;
}

}  // namespace buoy::config
