#include <algorithm>

#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/swarm/payload.h"
#include "cli/formatter/natural_sort.h"
#include "common/gotime/duration.h"
#include "common/gotime/time.h"

namespace buoy::cli {
namespace {

struct Options {
  bool quiet = false;
  std::string format;
  Filters filters;
};

std::string AgoOf(const std::string& rfc3339) {
  auto time = gotime::ParseRfc3339(rfc3339);
  if (!time.ok()) return "";
  return gotime::HumanDuration(gotime::Sub(gotime::Now(), *time)) + " ago";
}

Value Row(const Value& item, const PayloadKind& kind) {
  const Value& spec = item.At("Spec");
  Value row = Value::Object();
  row.Set("CreatedAt", AgoOf(item.Str("CreatedAt")));
  if (kind.secret) row.Set("Driver", spec.At("Driver").Str("Name"));
  row.Set("ID", item.Str("ID"))
      .Set("Labels", JoinLabels(spec.At("Labels")))
      .Set("Name", spec.Str("Name"))
      .Set("UpdatedAt", AgoOf(item.Str("UpdatedAt")));
  return row.WithType(LabelledType(kind.secret ? "*secret.secretContext" : "*config.configContext",
                                   spec.At("Labels")));
}

Result<int> Run(Invocation& in, const PayloadKind& kind, const Options& options) {
  BUOY_ASSIGN(Value list,
              in.cli.Get(kind.path, api::Query().AddIf("filters", options.filters.Json())));
  ValueList items = list.List();
  std::sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    return NaturalLess(a.At("Spec").Str("Name"), b.At("Spec").Str("Name"));
  });
  ValueList rows;
  for (const Value& item : items) rows.push_back(Row(item, kind));
  std::string configured = in.cli.config().Get(std::string(kind.plural) + "Format");
  if (configured.empty()) configured = in.cli.config().Get(std::string(kind.noun) + "Format");
  std::string format = ListFormat(options.format, options.quiet ? "" : configured);
  if (format == "table") {
    format = options.quiet ? "{{.ID}}"
             : kind.secret ? "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}"
                           : "table {{.ID}}\t{{.Name}}\t{{.CreatedAt}}\t{{.UpdatedAt}}";
  }
  Value header = HeaderOf({{"ID", "ID"},
                           {"Name", "NAME"},
                           {"Driver", "DRIVER"},
                           {"CreatedAt", "CREATED"},
                           {"UpdatedAt", "UPDATED"},
                           {"Labels", "LABELS"}});
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command PayloadLs(const PayloadKind& kind) {
  auto options = std::make_shared<Options>();
  return {.use = "ls [OPTIONS]",
          .brief = std::string("List ") + kind.plural,
          .other_names = {"list"},
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->quiet, "quiet", 'q', "Only display IDs");
                flags.String(&options->format, "format", 0, kFormatHelp);
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
              },
          .run = [options, kind](Invocation& in) { return Run(in, kind, *options); }};
}

}  // namespace buoy::cli
