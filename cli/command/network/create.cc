#include "cli/command/network/network.h"
#include "cli/opts/env_file.h"
#include "cli/opts/validate.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string driver = "bridge", ipam_driver = "default", scope, config_from;
  std::map<std::string, std::string> options, ipam_options, aux;
  std::vector<std::string> labels, subnets, ranges, gateways;
  bool internal = false, ipv4 = true, ipv6 = false, attachable = false, ingress = false,
       config_only = false;
};

Value MapValue(const std::map<std::string, std::string>& map) {
  Value out = Value::Object();
  for (const auto& [key, value] : map) out.Set(key, value);
  return out;
}

Value IpamConfigs(const Options& options) {
  ValueList out;
  for (size_t i = 0; i < options.subnets.size(); ++i) {
    Value config = Value::Object();
    config.Set("Subnet", options.subnets[i]);
    if (i < options.ranges.size()) config.Set("IPRange", options.ranges[i]);
    if (i < options.gateways.size()) config.Set("Gateway", options.gateways[i]);
    if (i == 0 && !options.aux.empty()) config.Set("AuxiliaryAddresses", MapValue(options.aux));
    out.push_back(std::move(config));
  }
  return Value(std::move(out));
}

Result<int> Run(Invocation& in, const Options& options) {
  if (options.ranges.size() > options.subnets.size() ||
      options.gateways.size() > options.subnets.size()) {
    return InvalidArgument("every ip-range or gateway must have a corresponding subnet");
  }
  Value body = Value::Object();
  body.Set("Name", in.args[0]).Set("Driver", options.driver).Set("Scope", options.scope);
  if (in.flags.Changed("ipv4")) body.Set("EnableIPv4", options.ipv4);
  if (in.flags.Changed("ipv6")) body.Set("EnableIPv6", options.ipv6);
  // Daemons before 1.44 look for a duplicate only when asked.
  BUOY_ASSIGN(bool newer, in.cli.HasApi("1.44"));
  if (!newer) body.Set("CheckDuplicate", true);
  Value ipam = Value::Object();
  ipam.Set("Driver", options.ipam_driver)
      .Set("Options", MapValue(options.ipam_options))
      .Set("Config", IpamConfigs(options));
  body.Set("IPAM", ipam)
      .Set("Internal", options.internal)
      .Set("Attachable", options.attachable)
      .Set("Ingress", options.ingress)
      .Set("ConfigOnly", options.config_only)
      .Set("ConfigFrom", Value());
  if (!options.config_from.empty()) {
    body.Set("ConfigFrom", Value::Object({{"Network", options.config_from}}));
  }
  body.Set("Options", MapValue(options.options))
      .Set("Labels", MapValue(opts::ToMap(options.labels)));
  BUOY_ASSIGN(api::Reply reply, in.cli.Do("POST", "/networks/create", {}, body.Dump(true)));
  BUOY_ASSIGN(Value created, Value::Parse(reply.body));
  if (!created.Str("Warning").empty()) in.cli.Err("WARNING: " + created.Str("Warning") + "\n");
  in.cli.Out(created.Str("Id") + "\n");
  return 0;
}

void AddFlags(FlagSet& flags, Options& o) {
  flags.String(&o.driver, "driver", 'd', "Driver to manage the Network");
  flags.Map(&o.options, "opt", 'o', "Set driver specific options");
  flags.List(&o.labels, "label", 0, "Set metadata on a network", opts::ValidateLabel);
  flags.Bool(&o.internal, "internal", 0, "Restrict external access to the network");
  flags.Bool(&o.ipv4, "ipv4", 0, "Enable or disable IPv4 address assignment");
  flags.Bool(&o.ipv6, "ipv6", 0, "Enable or disable IPv6 address assignment");
  flags.Bool(&o.attachable, "attachable", 0, "Enable manual container attachment");
  flags.Bool(&o.ingress, "ingress", 0, "Create swarm routing-mesh network");
  flags.String(&o.scope, "scope", 0, "Control the network's scope");
  flags.Bool(&o.config_only, "config-only", 0, "Create a configuration only network");
  flags.String(&o.config_from, "config-from", 0,
               "The network from which to copy the configuration");
  flags.String(&o.ipam_driver, "ipam-driver", 0, "IP Address Management Driver");
  flags.Strings(&o.subnets, "subnet", 0, "Subnet in CIDR format that represents a network segment");
  flags.Strings(&o.ranges, "ip-range", 0, "Allocate container ip from a sub-range");
  flags.Strings(&o.gateways, "gateway", 0, "IPv4 or IPv6 Gateway for the master subnet");
  flags.Map(&o.aux, "aux-address", 0, "Auxiliary IPv4 or IPv6 addresses used by Network driver");
  flags.Map(&o.ipam_options, "ipam-opt", 0, "Set IPAM driver specific options");
}

}  // namespace

Command NetworkCreate() {
  auto options = std::make_shared<Options>();
  return {.use = "create [OPTIONS] NETWORK",
          .brief = "Create a network",
          .args = ExactArgs(1),
          .flags = [options](FlagSet& flags) { AddFlags(flags, *options); },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
