#include "cli/command/swarm/swarm.h"
#include "cli/command/swarm/swarm_spec.h"
#include "cli/command/swarm/swarm_text.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in, const SwarmSpecFlags& options) {
  Cli& cli = in.cli;
  bool any = false;
  in.flags.ForEach([&](Flag& flag) { any = any || flag.changed; });
  if (!any) {
    Command self = SwarmUpdate();
    std::string group = cli.program() + " swarm";
    cli.Out(HelpPage({&self, {}, group + " update", group}, in.flags, Support(cli)));
    return 0;
  }
  BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
  Value spec = Value::Object(swarm.At("Spec").Fields());
  bool locked = spec.At("EncryptionConfig").Bool("AutoLockManagers");
  options.Merge(in.flags, spec);
  api::Query query = {{"version", std::to_string(swarm.At("Version").Int("Index"))},
                      {"rotateWorkerToken", "false"},
                      {"rotateManagerToken", "false"},
                      {"rotateManagerUnlockKey", "false"}};
  BUOY_TRY(cli.Do("POST", "/swarm/update", query, spec.Dump(true)));
  cli.Out("Swarm updated.\n");
  if (!locked && in.flags.Changed("autolock") && options.autolock) {
    BUOY_ASSIGN(Value key, cli.Get("/swarm/unlockkey"));
    PrintUnlockCommand(cli, key.Str("UnlockKey"));
  }
  return 0;
}

}  // namespace

Command SwarmUpdate() {
  auto options = std::make_shared<SwarmSpecFlags>();
  return {.use = "update [OPTIONS]",
          .brief = "Update the swarm",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->autolock, "autolock", 0,
                           "Change manager autolocking setting (true|false)");
                options->AddFlags(flags);
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .min_version = "1.24",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
