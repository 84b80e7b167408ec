#include "cli/command/swarm/swarm_text.h"

namespace buoy::cli {

Status PrintJoinCommand(Cli& cli, const std::string& node_id, bool worker, bool manager) {
  BUOY_ASSIGN(Value node, cli.Get("/nodes/" + api::EscapePath(node_id)));
  BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
  const std::string& address = node.At("ManagerStatus").Str("Addr");
  if (address.empty()) return Ok();
  const Value& tokens = swarm.At("JoinTokens");
  auto print = [&](const char* role, const std::string& token) {
    cli.Out(std::string("To add a ") + role + " to this swarm, run the following command:\n\n    " +
            cli.program() + " swarm join --token " + token + " " + address + "\n\n");
  };
  if (worker) print("worker", tokens.Str("Worker"));
  if (manager) print("manager", tokens.Str("Manager"));
  return Ok();
}

void PrintUnlockCommand(Cli& cli, const std::string& key) {
  if (key.empty()) return;
  cli.Out("To unlock a swarm manager after it restarts, run the `" + cli.program() +
          " swarm unlock`\ncommand and provide the following key:\n\n    " + key +
          "\n\nRemember to store this key in a password manager, since without it you\nwill not "
          "be able to restart the manager.\n");
}

}  // namespace buoy::cli
