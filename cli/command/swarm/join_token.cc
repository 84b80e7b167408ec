#include "cli/command/swarm/swarm.h"
#include "cli/command/swarm/swarm_text.h"

namespace buoy::cli {
namespace {

struct Options {
  bool quiet = false, rotate = false;
};

Result<int> Run(Invocation& in, const Options& options) {
  Cli& cli = in.cli;
  const std::string& role = in.args[0];
  bool worker = role == "worker";
  if (!worker && role != "manager") return InvalidArgument("unknown role " + role);
  if (options.rotate) {
    BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
    api::Query query = {{"version", std::to_string(swarm.At("Version").Int("Index"))},
                        {"rotateWorkerToken", worker ? "true" : "false"},
                        {"rotateManagerToken", worker ? "false" : "true"},
                        {"rotateManagerUnlockKey", "false"}};
    BUOY_TRY(cli.Do("POST", "/swarm/update", query, swarm.At("Spec").Dump(true)));
    if (!options.quiet) cli.Out("Successfully rotated " + role + " join token.\n\n");
  }
  if (options.quiet) {
    BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
    cli.Out(swarm.At("JoinTokens").Str(worker ? "Worker" : "Manager") + "\n");
    return 0;
  }
  BUOY_TRY(cli.Get("/swarm"));  // says so where there is no swarm
  BUOY_ASSIGN(Value info, cli.Get("/info"));
  BUOY_TRY(PrintJoinCommand(cli, info.At("Swarm").Str("NodeID"), worker, !worker));
  return 0;
}

}  // namespace

Command SwarmJoinToken() {
  auto options = std::make_shared<Options>();
  return {.use = "join-token [OPTIONS] (worker|manager)",
          .brief = "Manage join tokens",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->rotate, "rotate", 0, "Rotate join token");
                flags.Bool(&options->quiet, "quiet", 'q', "Only display token");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .min_version = "1.24",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
