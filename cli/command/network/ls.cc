#include <algorithm>

#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/network/network.h"
#include "cli/formatter/natural_sort.h"
#include "common/digest/digest.h"

namespace buoy::cli {
namespace {

struct Options {
  bool quiet = false, no_trunc = false;
  std::string format;
  Filters filters;
};

Value Row(const Value& network, bool trunc) {
  auto type = std::make_shared<GoType>();
  type->name = "*network.networkContext";
  const std::string& id = network.Str("Id");
  const Value* ipv4 = network.Find("EnableIPv4");
  Value row = Value::Object();
  row.Set("CreatedAt", GoTimeUtc(network.Str("Created")))
      .Set("Driver", network.Str("Driver"))
      .Set("ID", trunc ? ShortId(id) : id)
      .Set("IPv4", ipv4 != nullptr && ipv4->Bool() ? "true" : "false")
      .Set("IPv6", network.Bool("EnableIPv6") ? "true" : "false")
      .Set("Internal", network.Bool("Internal") ? "true" : "false")
      .Set("Labels", JoinLabels(network.At("Labels")))
      .Set("Name", network.Str("Name"))
      .Set("Scope", network.Str("Scope"));
  return row.WithType(std::move(type));
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(Value list,
              in.cli.Get("/networks", api::Query().AddIf("filters", options.filters.Json())));
  ValueList networks = list.List();
  std::sort(networks.begin(), networks.end(), [](const Value& a, const Value& b) {
    return NaturalLess(a.Str("Name"), b.Str("Name"));
  });
  ValueList rows;
  for (const Value& network : networks) rows.push_back(Row(network, !options.no_trunc));
  std::string format =
      ListFormat(options.format, options.quiet ? "" : in.cli.config().Get("networksFormat"));
  if (format == "table") {
    format = options.quiet ? "{{.ID}}" : "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";
  }
  Value header = HeaderOf({{"ID", "NETWORK ID"},
                           {"Name", "NAME"},
                           {"Driver", "DRIVER"},
                           {"Scope", "SCOPE"},
                           {"IPv4", "IPV4"},
                           {"IPv6", "IPV6"},
                           {"Internal", "INTERNAL"},
                           {"Labels", "LABELS"},
                           {"CreatedAt", "CREATED AT"}});
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command NetworkLs() {
  auto options = std::make_shared<Options>();
  return {.use = "ls [OPTIONS]",
          .brief = "List networks",
          .other_names = {"list"},
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->quiet, "quiet", 'q', "Only display network IDs");
                flags.Bool(&options->no_trunc, "no-trunc", 0, "Do not truncate the output");
                flags.String(&options->format, "format", 0, kFormatHelp);
                options->filters.AddFlag(flags, 'f',
                                         "Provide filter values (e.g. \"driver=bridge\")");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

Command NetworkRm() {
  auto force = std::make_shared<bool>(false);
  return {.use = "rm NETWORK [NETWORK...]",
          .brief = "Remove one or more networks",
          .other_names = {"remove"},
          .args = MinArgs(1),
          .flags =
              [force](FlagSet& flags) {
                flags.Bool(force.get(), "force", 'f', "Do not error if the network does not exist");
              },
          .run = [force](Invocation& in) -> Result<int> {
            int status = 0;
            for (const std::string& name : in.args) {
              auto reply = in.cli.Do("DELETE", "/networks/" + api::EscapePath(name));
              if (reply.ok()) {
                in.cli.Out(name + "\n");
              } else if (!*force || reply.error().kind() != ErrorKind::kNotFound) {
                in.cli.Err(reply.error().message() + "\n");
                status = 1;
              }
            }
            return status == 0 ? 0 : Exit(in.cli, status, "exit status 1");
          }};
}

}  // namespace buoy::cli
