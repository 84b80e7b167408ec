#include "cli/command/network/network.h"
#include "cli/opts/env_file.h"
#include "cli/opts/validate.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string ipv4, ipv6;
  std::vector<std::string> aliases, driver_opts, links, link_local_ips;
  int64_t priority = 0;
};

Result<int> Connect(Invocation& in, const Options& options) {
  Value endpoint = Value::Object();
  Value ipam = Value::Object();
  if (!options.ipv4.empty()) ipam.Set("IPv4Address", options.ipv4);
  if (!options.ipv6.empty()) ipam.Set("IPv6Address", options.ipv6);
  if (!options.link_local_ips.empty()) {
    ipam.Set("LinkLocalIPs", Value::Strings(options.link_local_ips));
  }
  endpoint.Set("IPAMConfig", ipam);
  if (!options.links.empty()) endpoint.Set("Links", Value::Strings(options.links));
  if (!options.aliases.empty()) endpoint.Set("Aliases", Value::Strings(options.aliases));
  Value driver = Value::Object();
  for (const auto& [key, value] : opts::ToMap(options.driver_opts)) driver.Set(key, value);
  endpoint.Set("DriverOpts", driver).Set("GwPriority", options.priority);
  Value body = Value::Object();
  body.Set("Container", in.args[1]).Set("EndpointConfig", endpoint);
  BUOY_TRY(in.cli.Do("POST", "/networks/" + api::EscapePath(in.args[0]) + "/connect", {},
                     body.Dump(true)));
  return 0;
}

}  // namespace

Command NetworkConnect() {
  auto options = std::make_shared<Options>();
  return {.use = "connect [OPTIONS] NETWORK CONTAINER",
          .brief = "Connect a container to a network",
          .args = ExactArgs(2),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->ipv4, "ip", 0, "IPv4 address (e.g., \"172.30.100.104\")");
                flags.String(&options->ipv6, "ip6", 0, "IPv6 address (e.g., \"2001:db8::33\")");
                flags.List(&options->links, "link", 0, "Add link to another container",
                           opts::ValidateLink);
                flags.Strings(&options->aliases, "alias", 0,
                              "Add network-scoped alias for the container");
                flags.Strings(&options->link_local_ips, "link-local-ip", 0,
                              "Add a link-local address for the container");
                flags.Strings(&options->driver_opts, "driver-opt", 0,
                              "driver options for the network");
                flags.Int(&options->priority, "gw-priority", 0,
                          "Highest gw-priority provides the default gateway. Accepts positive and "
                          "negative values.");
              },
          .run = [options](Invocation& in) { return Connect(in, *options); }};
}

Command NetworkDisconnect() {
  auto force = std::make_shared<bool>(false);
  return {.use = "disconnect [OPTIONS] NETWORK CONTAINER",
          .brief = "Disconnect a container from a network",
          .args = ExactArgs(2),
          .flags =
              [force](FlagSet& flags) {
                flags.Bool(force.get(), "force", 'f',
                           "Force the container to disconnect from a network");
              },
          .run = [force](Invocation& in) -> Result<int> {
            Value body = Value::Object();
            body.Set("Container", in.args[1]).Set("Force", *force);
            BUOY_TRY(in.cli.Do("POST", "/networks/" + api::EscapePath(in.args[0]) + "/disconnect",
                               {}, body.Dump(true)));
            return 0;
          }};
}

}  // namespace buoy::cli
