#include "cli/command/inspect_run.h"
#include "cli/command/list.h"
#include "cli/command/swarm/payload.h"
#include "cli/config/auth.h"
#include "cli/opts/text.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string format;
  bool pretty = false;
};

std::string Labels(const Value& labels) {
  if (labels.Fields().empty()) return "";
  std::string out = "Labels:\n";
  for (const auto& [key, value] : labels.Fields()) {
    out += " - " + key + (value.Str().empty() ? "" : "=" + value.Str()) + "\n";
  }
  return out;
}

// Docker's columns differ between the two.
std::string Pretty(const Value& item, const PayloadKind& kind) {
  const Value& spec = item.At("Spec");
  std::string created = opts::Lower(GoTimeUtc(item.Str("CreatedAt")));
  std::string updated = opts::Lower(GoTimeUtc(item.Str("UpdatedAt")));
  if (kind.secret) {
    return "ID:              " + item.Str("ID") + "\nName:              " + spec.Str("Name") +
           "\n" + Labels(spec.At("Labels")) +
           "Driver:            " + spec.At("Driver").Str("Name") +
           "\nCreated at:        " + created + "\nUpdated at:        " + updated + "\n";
  }
  auto data = DecodeBase64(spec.Str("Data"));
  return "ID:\t\t\t" + item.Str("ID") + "\nName:\t\t\t" + spec.Str("Name") + "\n" +
         Labels(spec.At("Labels")) + "Created at:            \t" + created +
         "\nUpdated at:            \t" + updated + "\nData:\n" + (data.ok() ? *data : "") + "\n";
}

Result<int> Run(Invocation& in, const PayloadKind& kind, const Options& options) {
  if (options.pretty && !options.format.empty()) {
    return InvalidArgument("--format is incompatible with human friendly format");
  }
  auto path = [&](const std::string& name) {
    return std::string(kind.path) + "/" + api::EscapePath(name);
  };
  if (options.pretty) {
    for (const std::string& name : in.args) {
      BUOY_ASSIGN(Value item, in.cli.Get(path(name)));
      in.cli.Out(Pretty(item, kind));
    }
    return 0;
  }
  return RunInspect(in.cli, in.args, options.format,
                    [&](const std::string& name) -> Result<std::string> {
                      BUOY_ASSIGN(api::Reply reply, in.cli.Do("GET", path(name)));
                      return reply.body;
                    });
}

}  // namespace

Command PayloadInspect(const PayloadKind& kind) {
  auto options = std::make_shared<Options>();
  std::string argument = kind.secret ? "SECRET" : "CONFIG";
  return {.use = "inspect [OPTIONS] " + argument + " [" + argument + "...]",
          .brief = std::string("Display detailed information on one or more ") + kind.plural,
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->format, "format", 'f', kInspectFormatHelp);
                flags.Bool(&options->pretty, "pretty", 0,
                           "Print the information in a human friendly format");
              },
          .run = [options, kind](Invocation& in) { return Run(in, kind, *options); }};
}

}  // namespace buoy::cli
