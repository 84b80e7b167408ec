#include "cli/command/swarm/swarm.h"
#include "cli/opts/text.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string listen = "0.0.0.0:2377", advertise, data_path, availability = "active", token;
};

Result<int> Run(Invocation& in, const Options& options) {
  Value body = Value::Object();
  body.Set("ListenAddr", options.listen)
      .Set("AdvertiseAddr", options.advertise)
      .Set("DataPathAddr", options.data_path)
      .Set("RemoteAddrs", Value::Strings({in.args[0]}))
      .Set("JoinToken", options.token)
      .Set("Availability", opts::Lower(options.availability));
  BUOY_TRY(in.cli.Do("POST", "/swarm/join", {}, body.Dump(true)));
  BUOY_ASSIGN(Value info, in.cli.Get("/info"));
  bool manager = info.At("Swarm").Bool("ControlAvailable");
  in.cli.Out(std::string("This node joined a swarm as a ") + (manager ? "manager" : "worker") +
             ".\n");
  return 0;
}

}  // namespace

Command SwarmJoin() {
  auto options = std::make_shared<Options>();
  return {.use = "join [OPTIONS] HOST:PORT",
          .brief = "Join a swarm as a node and/or manager",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags
                    .String(&options->listen, "listen-addr", 0,
                            "Listen address (format: \"<ip|interface>[:port]\")")
                    .type = "node-addr";
                flags.String(&options->advertise, "advertise-addr", 0,
                             "Advertised address (format: \"<ip|interface>[:port]\")");
                flags
                    .String(&options->data_path, "data-path-addr", 0,
                            "Address or interface to use for data path traffic (format: "
                            "\"<ip|interface>\")")
                    .Since("1.31");
                flags.String(&options->token, "token", 0, "Token for entry into the swarm");
                flags.String(&options->availability, "availability", 0,
                             "Availability of the node (\"active\", \"pause\", \"drain\")");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .min_version = "1.24",
          .swarm_role = "any"};
}

}  // namespace buoy::cli
