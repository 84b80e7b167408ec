#include "cli/command/node/node.h"

namespace buoy::cli {

Result<std::string> NodeReference(Cli& cli, const std::string& name) {
  if (name != "self") return name;
  BUOY_ASSIGN(Value info, cli.Get("/info"));
  const std::string& id = info.At("Swarm").Str("NodeID");
  if (!id.empty()) return id;
  BUOY_TRY(cli.Get("/nodes"));  // says why there is none
  return NotFound("node ID not found in /info");
}

}  // namespace buoy::cli
