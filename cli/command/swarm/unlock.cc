#include <unistd.h>

#include "cli/command/swarm/swarm.h"
#include "cli/command/swarm/swarm_text.h"
#include "cli/command/terminal.h"

namespace buoy::cli {
namespace {

struct KeyOptions {
  bool quiet = false, rotate = false;
};

Result<int> Unlock(Invocation& in) {
  BUOY_ASSIGN(Value info, in.cli.Get("/info"));
  const std::string& state = info.At("Swarm").Str("LocalNodeState");
  if (state == "inactive") return InvalidArgument("Error: This node is not part of a swarm");
  if (state != "locked") return InvalidArgument("Error: swarm is not locked");
  BUOY_ASSIGN(std::string key, Prompt(in.cli, "Enter unlock key: ", true));
  in.cli.Out("\n");
  Value body = Value::Object();
  body.Set("UnlockKey", key);
  BUOY_TRY(in.cli.Do("POST", "/swarm/unlock", {}, body.Dump(true)));
  return 0;
}

Result<int> ShowKey(Invocation& in, const KeyOptions& options) {
  Cli& cli = in.cli;
  if (options.rotate) {
    BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
    if (!swarm.At("Spec", "EncryptionConfig").Bool("AutoLockManagers")) {
      return InvalidArgument("cannot rotate because autolock is not turned on");
    }
    api::Query query = {{"version", std::to_string(swarm.At("Version").Int("Index"))},
                        {"rotateWorkerToken", "false"},
                        {"rotateManagerToken", "false"},
                        {"rotateManagerUnlockKey", "true"}};
    BUOY_TRY(cli.Do("POST", "/swarm/update", query, swarm.At("Spec").Dump(true)));
    if (!options.quiet) cli.Out("Successfully rotated manager unlock key.\n\n");
  }
  auto key = cli.Get("/swarm/unlockkey");
  if (!key.ok()) return std::move(key).error().Context("could not fetch unlock key");
  const std::string& text = key->Str("UnlockKey");
  if (text.empty()) return NotFound("no unlock key is set");
  if (options.quiet) {
    cli.Out(text + "\n");
  } else {
    PrintUnlockCommand(cli, text);
  }
  return 0;
}

}  // namespace

Command SwarmUnlock() {
  return {.use = "unlock",
          .brief = "Unlock swarm",
          .args = NoArgs(),
          .run = Unlock,
          .min_version = "1.24",
          .swarm_role = "manager"};
}

Command SwarmUnlockKey() {
  auto options = std::make_shared<KeyOptions>();
  return {.use = "unlock-key [OPTIONS]",
          .brief = "Manage the unlock key",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->rotate, "rotate", 0, "Rotate unlock key");
                flags.Bool(&options->quiet, "quiet", 'q', "Only display token");
              },
          .run = [options](Invocation& in) { return ShowKey(in, *options); },
          .min_version = "1.24",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
