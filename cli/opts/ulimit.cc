#include "cli/opts/ulimit.h"

#include <algorithm>

#include "cli/flags/strconv.h"
#include "cli/opts/text.h"

namespace buoy::cli::opts {
namespace {

constexpr const char* kNames[] = {"core",    "cpu",      "data",   "fsize",      "locks",
                                  "memlock", "msgqueue", "nice",   "nofile",     "nproc",
                                  "rss",     "rtprio",   "rttime", "sigpending", "stack"};

}  // namespace

Result<types::Ulimit> ParseUlimit(const std::string& text) {
  CutResult cut = Cut(text, '=');
  if (!cut.found) return InvalidArgument("invalid ulimit argument: " + text);
  if (std::find(std::begin(kNames), std::end(kNames), cut.before) == std::end(kNames)) {
    return InvalidArgument("invalid ulimit type: " + cut.before);
  }
  std::vector<std::string> limits = Split(cut.after, ':');
  if (limits.size() > 2) {
    return InvalidArgument("too many limit value arguments - " + cut.after +
                           ", can only have up to two, `soft[:hard]`");
  }
  types::Ulimit out;
  out.name = cut.before;
  if (limits.size() == 2) {
    BUOY_ASSIGN(out.hard, ParseInt(limits[1]));
  }
  BUOY_ASSIGN(out.soft, ParseInt(limits[0]));
  if (limits.size() == 1) out.hard = out.soft;
  if (out.hard != -1) {
    std::string start = "ulimit soft limit must be less than or equal to hard limit: ";
    if (out.soft == -1) {
      return InvalidArgument(start + "soft: -1 (unlimited), hard: " + std::to_string(out.hard));
    }
    if (out.soft > out.hard) {
      return InvalidArgument(start + std::to_string(out.soft) + " > " + std::to_string(out.hard));
    }
  }
  return out;
}

Result<types::RestartPolicy> ParseRestartPolicy(const std::string& text) {
  types::RestartPolicy out;
  if (text.empty()) return out;
  CutResult cut = Cut(text, ':');
  if (cut.found && cut.before.empty()) {
    return InvalidArgument("invalid restart policy format: no policy provided before colon");
  }
  if (!cut.after.empty()) {
    auto count = Atoi(cut.after);
    if (!count.ok()) {
      return InvalidArgument(
          "invalid restart policy format: maximum retry count must be an integer");
    }
    out.maximum_retry_count = static_cast<int>(*count);
  }
  out.name = cut.before;
  return out;
}

}  // namespace buoy::cli::opts
