#include "cli/command/swarm/payload.h"
#include "cli/command/swarm/swarm.h"

namespace buoy::cli {
namespace {

constexpr PayloadKind kSecret{"secret", "Secret", "secrets", "/secrets", true};
constexpr PayloadKind kConfig{"config", "Config", "configs", "/configs", false};

std::vector<Command> Verbs(const PayloadKind& kind) {
  return {PayloadCreate(kind), PayloadInspect(kind), PayloadLs(kind), PayloadRm(kind)};
}

}  // namespace

Command SecretGroup() {
  return {.use = "secret",
          .brief = "Manage Swarm secrets",
          .args = NoArgs(),
          .children = [] { return Verbs(kSecret); },
          .min_version = "1.25",
          .swarm_role = "manager"};
}

Command ConfigGroup() {
  return {.use = "config",
          .brief = "Manage Swarm configs",
          .args = NoArgs(),
          .children = [] { return Verbs(kConfig); },
          .min_version = "1.30",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
