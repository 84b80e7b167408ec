#include <algorithm>

#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/node/node.h"
#include "cli/formatter/natural_sort.h"

namespace buoy::cli {
namespace {

struct Options {
  bool quiet = false;
  std::string format;
  Filters filters;
};

std::string TlsStatus(const Value& node, const Value& swarm) {
  const Value& own = node.At("Description", "TLSInfo");
  const Value& wanted = swarm.At("Cluster", "TLSInfo");
  bool same = true, own_empty = true, wanted_empty = true;
  for (const char* key : {"TrustRoot", "CertIssuerSubject", "CertIssuerPublicKey"}) {
    same = same && own.Str(key) == wanted.Str(key);
    own_empty = own_empty && own.Str(key).empty();
    wanted_empty = wanted_empty && wanted.Str(key).empty();
  }
  if (own_empty || wanted_empty) return "Unknown";
  return same ? "Ready" : "Needs Rotation";
}

Value Row(const Value& node, const Value& swarm) {
  static const auto* type = new std::shared_ptr<const GoType>([] {
    auto made = std::make_shared<GoType>();
    made->name = "*node.nodeContext";
    return made;
  }());
  const Value& manager = node.At("ManagerStatus");
  Value row = Value::Object();
  row.Set("Availability", Capitalized(node.At("Spec").Str("Availability")))
      .Set("EngineVersion", node.At("Description", "Engine").Str("EngineVersion"))
      .Set("Hostname", node.At("Description").Str("Hostname"))
      .Set("ID", node.Str("ID"))
      .Set("ManagerStatus",
           Capitalized(manager.Bool("Leader") ? "leader" : manager.Str("Reachability")))
      .Set("Self", node.Str("ID") == swarm.Str("NodeID"))
      .Set("Status", Capitalized(node.At("Status").Str("State")))
      .Set("TLSStatus", TlsStatus(node, swarm));
  return row.WithType(*type);
}

std::string FormatOf(const Options& options, Cli& cli) {
  std::string format =
      ListFormat(options.format, options.quiet ? "" : cli.config().Get("nodesFormat"));
  if (format == "table") {
    return options.quiet ? "{{.ID}}"
                         : "table {{.ID}} {{if .Self}}*{{else}} {{ end "
                           "}}\t{{.Hostname}}\t{{.Status}}\t{{.Availability}}\t{{.ManagerStatus}}"
                           "\t{{.EngineVersion}}";
  }
  if (format == "raw") {
    return options.quiet ? "node_id: {{.ID}}"
                         : "node_id: {{.ID}}\nhostname: {{.Hostname}}\nstatus: "
                           "{{.Status}}\navailability: {{.Availability}}\nmanager_status: "
                           "{{.ManagerStatus}}\n";
  }
  return format;
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(Value list,
              in.cli.Get("/nodes", api::Query().AddIf("filters", options.filters.Json())));
  ValueList nodes = list.List();
  Value info = Value::Object();
  if (!nodes.empty() && !options.quiet) {
    BUOY_ASSIGN(info, in.cli.Get("/info"));
  }
  std::stable_sort(nodes.begin(), nodes.end(), [](const Value& a, const Value& b) {
    return NaturalLess(a.At("Description").Str("Hostname"), b.At("Description").Str("Hostname"));
  });
  ValueList rows;
  for (const Value& node : nodes) rows.push_back(Row(node, info.At("Swarm")));
  const Value header = HeaderOf({{"ID", "ID"},
                                 {"Self", ""},
                                 {"Hostname", "HOSTNAME"},
                                 {"Status", "STATUS"},
                                 {"Availability", "AVAILABILITY"},
                                 {"ManagerStatus", "MANAGER STATUS"},
                                 {"EngineVersion", "ENGINE VERSION"},
                                 {"TLSStatus", "TLS STATUS"}});
  BUOY_ASSIGN(std::string out, FormatRows(FormatOf(options, in.cli), header, rows));
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command NodeLs() {
  auto options = std::make_shared<Options>();
  return {.use = "ls [OPTIONS]",
          .brief = "List nodes in the swarm",
          .other_names = {"list"},
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->quiet, "quiet", 'q', "Only display IDs");
                flags.String(&options->format, "format", 0, kFormatHelp);
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
