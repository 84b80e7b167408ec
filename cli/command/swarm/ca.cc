#include "cli/command/progress.h"
#include "cli/command/swarm/root_rotation.h"
#include "cli/command/swarm/swarm.h"
#include "cli/command/swarm/swarm_spec.h"
#include "cli/opts/pem.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

struct Options {
  SwarmCaFlags spec;
  std::string cert, key;  // PEM
  bool rotate = false, detach = false, quiet = false;
};

Result<int> PrintRoot(Cli& cli) {
  BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
  std::string root = swarm.At("TLSInfo").Str("TrustRoot");
  if (root.empty()) return NotFound("No CA information available");
  constexpr char kSpace[] = " \t\r\n\v\f";
  root.erase(0, root.find_first_not_of(kSpace));
  root.erase(root.find_last_not_of(kSpace) + 1);
  cli.Out(root + "\n");
  return 0;
}

Status CheckFlags(const FlagSet& flags, const Options& options) {
  if (!options.rotate) {
    for (const char* name : {"ca-cert", "ca-key", "cert-expiry", "external-ca"}) {
      if (!flags.Changed(name)) continue;
      return InvalidArgument(std::string("`--") + name +
                             "` flag requires the `--rotate` flag to update the CA");
    }
    return Ok();
  }
  const bool cert = flags.Changed("ca-cert");
  if (!options.spec.external_cas.empty() && !cert) {
    return InvalidArgument(
        "rotating to an external CA requires the `--ca-cert` flag to specify the external CA's "
        "cert - to add an external CA with the current root CA certificate, use the `update` "
        "command instead");
  }
  if (cert && options.spec.external_cas.empty() && !flags.Changed("ca-key")) {
    return InvalidArgument(
        "the --ca-cert flag requires that a --ca-key flag and/or --external-ca flag be provided "
        "as well");
  }
  return Ok();
}

Result<int> Run(Invocation& in, const Options& options) {
  Cli& cli = in.cli;
  BUOY_ASSIGN(Value swarm, cli.Get("/swarm"));
  BUOY_TRY(CheckFlags(in.flags, options));
  if (!options.rotate) return PrintRoot(cli);
  Value spec = Value::Object(swarm.At("Spec").Fields());
  options.spec.MergeCa(in.flags, &options.cert, spec);
  SetInSpec(spec, "CAConfig", "SigningCACert", options.cert);
  SetInSpec(spec, "CAConfig", "SigningCAKey", options.key);
  if (options.cert.empty() && options.key.empty()) {
    SetInSpec(spec, "CAConfig", "ForceRotate", spec.At("CAConfig").Int("ForceRotate") + 1);
  }
  const api::Query query = {{"version", std::to_string(swarm.At("Version").Int("Index"))},
                            {"rotateWorkerToken", "false"},
                            {"rotateManagerToken", "false"},
                            {"rotateManagerUnlockKey", "false"}};
  BUOY_TRY(cli.Do("POST", "/swarm/update", query, spec.Dump(true)));
  if (options.detach) return 0;
  RootRotation rotation(cli);
  BUOY_TRY(ShowProgress(rotation, options.quiet ? -1 : 1));
  if (options.quiet) return 0;
  return PrintRoot(cli);
}

void AddPemFile(FlagSet& flags, std::string* target, const char* name, const char* usage) {
  flags.Custom(name, 0, "pem-file", usage, [target](const std::string& path) -> Status {
    BUOY_ASSIGN(std::string contents, ReadFile(path));
    if (!opts::HasPemBlock(contents)) {
      return InvalidArgument("file contents must be in PEM format");
    }
    *target = std::move(contents);
    return Ok();
  });
}

void AddFlags(FlagSet& flags, Options& o) {
  o.spec.AddCaFlags(flags);
  flags.Bool(&o.rotate, "rotate", 0,
             "Rotate the swarm CA - if no certificate or key are provided, new ones will be "
             "generated");
  AddPemFile(flags, &o.cert, "ca-cert",
             "Path to the PEM-formatted root CA certificate to use for the new cluster");
  AddPemFile(flags, &o.key, "ca-key",
             "Path to the PEM-formatted root CA key to use for the new cluster");
  flags.Bool(&o.detach, "detach", 'd',
             "Exit immediately instead of waiting for the root rotation to converge");
  flags.Bool(&o.quiet, "quiet", 'q', "Suppress progress output");
}

}  // namespace

Command SwarmCa() {
  auto options = std::make_shared<Options>();
  return {.use = "ca [OPTIONS]",
          .brief = "Display and rotate the root CA",
          .args = NoArgs(),
          .flags = [options](FlagSet& flags) { AddFlags(flags, *options); },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .min_version = "1.30",
          .swarm_role = "manager"};
}

}  // namespace buoy::cli
