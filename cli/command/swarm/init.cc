#include "cli/command/swarm/swarm.h"
#include "cli/command/swarm/swarm_spec.h"
#include "cli/command/swarm/swarm_text.h"
#include "cli/opts/text.h"

namespace buoy::cli {
namespace {

struct Options {
  SwarmSpecFlags spec;
  std::string listen = "0.0.0.0:2377", advertise, data_path, availability = "active";
  uint64_t data_path_port = 0, mask = 24;
  std::vector<std::string> pools;
  bool force_new = false;
};

Result<int> Run(Invocation& in, const Options& options) {
  Cli& cli = in.cli;
  ValueList pools(options.pools.begin(), options.pools.end());
  Value spec = Value::Object();
  spec.Set("Labels", Value());
  options.spec.Merge(in.flags, spec);
  Value body = Value::Object();
  body.Set("ListenAddr", options.listen)
      .Set("AdvertiseAddr", options.advertise)
      .Set("DataPathAddr", options.data_path)
      .Set("DataPathPort", static_cast<int64_t>(options.data_path_port))
      .Set("ForceNewCluster", options.force_new)
      .Set("Spec", spec)
      .Set("AutoLockManagers", options.spec.autolock)
      .Set("Availability", opts::Lower(options.availability))
      .Set("DefaultAddrPool", pools)
      .Set("SubnetSize", static_cast<int64_t>(options.mask));
  auto reply = cli.Do("POST", "/swarm/init", {}, body.Dump(true));
  if (!reply.ok()) {
    const std::string& text = reply.error().message();
    if (text.find("could not choose an IP address to advertise") != std::string::npos ||
        text.find("could not find the system's IP address") != std::string::npos) {
      return InvalidArgument(text + " - specify one with --advertise-addr");
    }
    return std::move(reply).error();
  }
  BUOY_ASSIGN(Value node, Value::Parse(reply->body));
  cli.Out("Swarm initialized: current node (" + node.Str() + ") is now a manager.\n\n");
  BUOY_TRY(PrintJoinCommand(cli, node.Str(), true, false));
  cli.Out("To add a manager to this swarm, run '" + cli.program() +
          " swarm join-token manager' and follow the instructions.\n");
  if (options.spec.autolock) {
    BUOY_ASSIGN(Value key, cli.Get("/swarm/unlockkey"));
    PrintUnlockCommand(cli, key.Str("UnlockKey"));
  }
  return 0;
}

void AddFlags(FlagSet& flags, Options& o) {
  flags.String(&o.listen, "listen-addr", 0, "Listen address (format: \"<ip|interface>[:port]\")")
      .type = "node-addr";
  flags.String(&o.advertise, "advertise-addr", 0,
               "Advertised address (format: \"<ip|interface>[:port]\")");
  flags
      .String(&o.data_path, "data-path-addr", 0,
              "Address or interface to use for data path traffic (format: \"<ip|interface>\")")
      .Since("1.31");
  Flag& port = flags.Uint(&o.data_path_port, "data-path-port", 0,
                          "Port number to use for data path traffic (1024 - 49151). If no value is "
                          "set or is set to 0, the default port (4789) is used.",
                          32);
  port.Since("1.40").type = "uint32";
  flags.Bool(&o.force_new, "force-new-cluster", 0, "Force create a new cluster from current state");
  flags.Bool(&o.spec.autolock, "autolock", 0,
             "Enable manager autolocking (requiring an unlock key to start a stopped manager)");
  flags.String(&o.availability, "availability", 0,
               "Availability of the node (\"active\", \"pause\", \"drain\")");
  Flag& pools = flags.List(&o.pools, "default-addr-pool", 0, "default address pool in CIDR format");
  pools.Since("1.39").type = "ipNetSlice";
  pools.default_value = "[]";
  flags
      .Uint(&o.mask, "default-addr-pool-mask-length", 0, "default address pool subnet mask length",
            32)
      .Since("1.39")
      .type = "uint32";
  o.spec.AddFlags(flags);
}

}  // namespace

Command SwarmInit() {
  auto options = std::make_shared<Options>();
  return {.use = "init [OPTIONS]",
          .brief = "Initialize a swarm",
          .args = NoArgs(),
          .flags = [options](FlagSet& flags) { AddFlags(flags, *options); },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .min_version = "1.24",
          .swarm_role = "any"};
}

}  // namespace buoy::cli
