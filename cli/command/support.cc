#include "cli/command/support.h"

#include "api/server/version.h"
#include "cli/command/command.h"
#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

constexpr char kNotExperimental[] =
    " is only supported on a Docker daemon with experimental features enabled";

std::string NeedsVersion(const std::string& what, const std::string& least,
                         const std::string& there) {
  return what + " requires API version " + least + ", but the Docker daemon API version is " +
         there;
}

}  // namespace

const Support::Server& Support::server() const {
  if (asked_) return server_;
  asked_ = true;
  auto client = cli_.client();
  if (!client.ok()) return server_;
  auto ping = (*client)->ping();
  if (!ping.ok()) return server_;
  auto version = (*client)->Version();
  if (!version.ok()) return server_;
  server_ = {true, *version, ping->os_type, ping->swarm, ping->experimental};
  return server_;
}

bool Support::Older(const std::string& min_version) const {
  return !min_version.empty() && server().reachable &&
         api::ApiVersion::Parse(server().version) < api::ApiVersion::Parse(min_version);
}

std::string Support::Reason(const Flag& flag) const {
  std::string name = Quote("--" + flag.name);
  if (Older(flag.min_version)) return NeedsVersion(name, flag.min_version, server().version);
  if (!flag.os_type.empty() && !server().os_type.empty() && flag.os_type != server().os_type) {
    return name + " is only supported on a Docker daemon running on " + flag.os_type +
           ", but the Docker daemon is running on " + server().os_type;
  }
  if (flag.experimental && !server().experimental) return name + kNotExperimental;
  return "";
}

Status Support::CheckCommand(const Found& found) const {
  for (auto it = found.line.rbegin(); it != found.line.rend(); ++it) {
    const Command& command = **it;
    if (Older(command.min_version)) {
      return InvalidArgument(NeedsVersion(found.path, command.min_version, server().version));
    }
    if (command.experimental && !server().experimental) {
      return InvalidArgument(found.path + kNotExperimental);
    }
  }
  return Ok();
}

Status Support::CheckFlags(const FlagSet& flags) const {
  std::string reasons;
  flags.ForEach([&](Flag& flag) {
    if (!flag.changed) return;
    std::string reason = Reason(flag);
    if (!reason.empty()) reasons += (reasons.empty() ? "" : "\n") + reason;
  });
  return reasons.empty() ? Ok() : Status(InvalidArgument(reasons));
}

void Support::HideFlags(const FlagSet& flags) const {
  flags.ForEach([&](Flag& flag) {
    if (!flag.hidden && !Reason(flag).empty()) flag.hidden = true;
  });
}

bool Support::Shows(const Command& command) const {
  if (command.hidden) return false;
  if (Older(command.min_version) || (command.experimental && !server().experimental)) return false;
  const std::string& state = server().swarm;  // "inactive", "active/manager", ...; old: not told
  if (command.swarm_role.empty() || state.empty()) return true;
  if (command.swarm_role == "manager") return state.ends_with("/manager");
  return command.swarm_role != "active" || state.starts_with("active");
}

}  // namespace buoy::cli
