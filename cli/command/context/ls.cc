#include <algorithm>
#include <cstdlib>

#include "cli/command/context/context.h"
#include "cli/command/list.h"
#include "cli/formatter/natural_sort.h"

namespace buoy::cli {
namespace {

constexpr char kTable[] =
    "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}";
constexpr size_t kErrorWidth = 45;

struct Options {
  std::string format;
  bool quiet = false;
};

Value Row(const std::string& name, bool current, const Value& meta, const std::string& error) {
  auto type = std::make_shared<GoType>();
  type->name = "*formatter.clientContextContext";
  std::string description = name == kDefaultContext ? "Current DOCKER_HOST based configuration"
                                                    : meta.At("Metadata").Str("Description");
  Value row = Value::Object();
  row.Set("Current", current)
      .Set("Description", description)
      .Set("DockerEndpoint", meta.At("Endpoints", kDockerEndpoint).Str("Host"))
      .Set("Error", Ellipsis(error, kErrorWidth))
      .Set("Name", name);
  return row.WithType(std::move(type));
}

Result<ValueList> Rows(Cli& cli) {
  BUOY_ASSIGN(auto contexts, ContextStore(cli.config().dir()).List());
  BUOY_ASSIGN(Value own, GetContext(cli, kDefaultContext));
  contexts.push_back(own);
  const std::string current = CurrentContext(cli.options(), cli.config());
  ValueList rows;
  bool found = false;
  for (const Value& meta : contexts) {
    const std::string& name = meta.Str("Name");
    found = found || name == current;
    std::string error;
    if (Status valid = CheckMeta(meta); !valid.ok()) error = valid.error().message();
    if (meta.At("Endpoints").Find(kDockerEndpoint) == nullptr) {
      error = "cannot find docker endpoint in context";
    }
    rows.push_back(Row(name, name == current, meta, error));
  }
  if (!found) {
    auto missing = GetContext(cli, current);
    rows.push_back(
        Row(current, true, Value::Object(), missing.ok() ? "" : missing.error().message()));
  }
  std::sort(rows.begin(), rows.end(), [](const Value& a, const Value& b) {
    return NaturalLess(a.Str("Name"), b.Str("Name"));
  });
  return rows;
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(ValueList rows, Rows(in.cli));
  std::string format = options.quiet ? "{{.Name}}" : options.format;
  if (format.empty() || format == "table") format = kTable;
  Value header = HeaderOf({{"Current", false},
                           {"Description", "DESCRIPTION"},
                           {"DockerEndpoint", "DOCKER ENDPOINT"},
                           {"Error", "ERROR"},
                           {"Name", "NAME"}});
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  in.cli.Out(out);
  const char* host = getenv("DOCKER_HOST");
  if (host != nullptr && *host != '\0') {
    in.cli.Err(
        "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, "
        "either set the global --context flag, or unset DOCKER_HOST environment variable.\n");
  }
  return 0;
}

}  // namespace

Command ContextLs() {
  auto options = std::make_shared<Options>();
  return {.use = "ls [OPTIONS]",
          .brief = "List contexts",
          .other_names = {"list"},
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->format, "format", 0, kFormatHelp);
                flags.Bool(&options->quiet, "quiet", 'q', "Only show context names");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
