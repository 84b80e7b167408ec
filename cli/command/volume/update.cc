#include "cli/command/volume/volume.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in, const std::string& availability) {
  if (in.args.empty()) return InvalidArgument("requires a volume");
  std::string path = "/volumes/" + api::EscapePath(in.args[0]);
  BUOY_ASSIGN(Value volume, in.cli.Get(path));
  const Value& cluster = volume.At("ClusterVolume");
  if (cluster.IsNull()) return InvalidArgument("Can only update cluster volumes");
  Value spec = cluster.At("Spec");
  if (in.flags.Changed("availability")) spec.Set("Availability", availability);
  Value body = Value::Object();
  body.Set("Spec", spec);
  api::Query query = {{"version", std::to_string(cluster.At("Version").Int("Index"))}};
  BUOY_TRY(
      in.cli.Do("PUT", "/volumes/" + api::EscapePath(cluster.Str("ID")), query, body.Dump(true)));
  return 0;
}

}  // namespace

Command VolumeUpdate() {
  auto availability = std::make_shared<std::string>("active");
  return {.use = "update [OPTIONS] [VOLUME]",
          .brief = "Update a volume (cluster volumes only)",
          .args = MaxArgs(1),
          .flags =
              [availability](FlagSet& flags) {
                flags.String(availability.get(), "availability", 0,
                             "Cluster Volume availability (\"active\", \"pause\", \"drain\")");
              },
          .run = [availability](Invocation& in) { return Run(in, *availability); },
          .min_version = "1.42",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
