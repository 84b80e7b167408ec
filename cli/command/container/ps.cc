#include <algorithm>

#include "cli/command/container/container.h"
#include "cli/command/container/ports_text.h"
#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/rows.h"
#include "cli/flags/quote.h"
#include "cli/flags/units.h"
#include "cli/formatter/template.h"
#include "common/digest/digest.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

struct Options {
  bool quiet = false, size = false, all = false, no_trunc = false, latest = false;
  int64_t last = -1;
  std::string format;
  Filters filters;
};

std::string Names(const Value& container, bool trunc) {
  std::vector<std::string> names;
  for (const Value& name : container.At("Names").List()) names.push_back(name.Str().substr(1));
  if (trunc) {
    auto plain = std::find_if(names.begin(), names.end(), [](const std::string& name) {
      return name.find('/') == std::string::npos;
    });
    if (plain != names.end()) return *plain;
  }
  return Join(names, ",");
}

std::string Image(const Value& container, bool trunc) {
  const std::string& image = container.Str("Image");
  if (image.empty()) return "<no image>";
  if (!trunc) return image;
  if (ShortId(container.Str("ImageID")) == ShortId(image)) return ShortId(image);
  auto reference = Reference::ParseNormalized(image);
  if (!reference.ok()) return image;
  if (!reference->has_tag()) return reference->Trimmed().FamiliarString();
  auto tagged = reference->Trimmed().WithTag(reference->tag());
  return tagged.ok() ? tagged->FamiliarString() : image;
}

std::string Size(const Value& container) {
  std::string own = HumanSize(static_cast<double>(container.Int("SizeRw")), 3);
  int64_t all = container.Int("SizeRootFs");
  return all > 0 ? own + " (virtual " + HumanSize(static_cast<double>(all), 3) + ")" : own;
}

std::string Mounts(const Value& container, bool trunc) {
  std::vector<std::string> names;
  for (const Value& mount : container.At("Mounts").List()) {
    std::string name = mount.Str("Name").empty() ? mount.Str("Source") : mount.Str("Name");
    names.push_back(trunc ? Ellipsis(name, 15) : name);
  }
  return Join(names, ",");
}

}  // namespace

Value ContainerRow(const Value& c, bool trunc) {
  const std::string& id = c.Str("Id");
  std::string command = c.Str("Command");
  int64_t local = 0;
  for (const Value& mount : c.At("Mounts").List()) local += mount.Str("Driver") == "local";
  std::vector<std::string> networks;
  for (const auto& [name, endpoint] : c.At("NetworkSettings", "Networks").Fields()) {
    networks.push_back(name);
  }
  // In the order of the names, as Go encodes a map.
  Value row = Value::Object();
  row.Set("Command", Quote(trunc ? Ellipsis(command, 20) : command))
      .Set("CreatedAt", GoTime(c.Int("Created")))
      .Set("ID", trunc ? ShortId(id) : id)
      .Set("Image", Image(c, trunc))
      .Set("Labels", JoinLabels(c.At("Labels")))
      .Set("LocalVolumes", std::to_string(local))
      .Set("Mounts", Mounts(c, trunc))
      .Set("Names", Names(c, trunc))
      .Set("Networks", Join(networks, ","))
      .Set("Platform", Value::Nil::kPointer)
      .Set("Ports", PortsText(c.At("Ports")))
      .Set("RunningFor", Ago(c.Int("Created")))
      .Set("Size", Size(c))
      .Set("State", c.Str("State"))
      .Set("Status", c.Str("Status"));
  return row.WithType(LabelledType("*formatter.ContainerContext", c.At("Labels")));
}

Value ContainerHeader() {
  return HeaderOf({{"ID", "CONTAINER ID"},
                   {"Names", "NAMES"},
                   {"Image", "IMAGE"},
                   {"Command", "COMMAND"},
                   {"CreatedAt", "CREATED AT"},
                   {"RunningFor", "CREATED"},
                   {"Ports", "PORTS"},
                   {"State", "STATE"},
                   {"Status", "STATUS"},
                   {"Size", "SIZE"},
                   {"Labels", "LABELS"},
                   {"Mounts", "MOUNTS"},
                   {"LocalVolumes", "LOCAL VOLUMES"},
                   {"Networks", "NETWORKS"},
                   {"Platform", "PLATFORM"}});
}

namespace {

std::string FormatOf(Cli& cli, const Options& options, bool size) {
  std::string format = ListFormat(options.format, cli.config().Get("psFormat"));
  if (options.quiet) return "{{.ID}}";
  if (format != "table") return format;
  format =
      "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t"
      "{{.Names}}";
  return size ? format + "\t{{.Size}}" : format;
}

Result<int> Run(Invocation& in, Options& options) {
  bool size = options.size;
  if (!options.format.empty()) {
    auto parsed = Template::Parse(options.format);
    if (!parsed.ok()) return std::move(parsed).error().Context("failed to parse template");
    if (auto tried = parsed->Execute(ContainerRow(Value(), true)); !tried.ok()) {
      return std::move(tried).error().Context("failed to execute template");
    }
    if (!options.quiet && !in.flags.Changed("size")) size = size || parsed->Uses("Size");
    if (options.quiet) {
      in.cli.Err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
    }
  }
  int64_t limit = options.latest && options.last == -1 ? 1 : options.last;
  api::Query query;
  query.AddFlag("all", options.all)
      .AddIf("limit", limit > 0 ? std::to_string(limit) : "")
      .AddFlag("size", size)
      .AddIf("filters", options.filters.Json());
  BUOY_ASSIGN(Value list, in.cli.Get("/containers/json", query));
  ValueList rows;
  for (const Value& container : list.List())
    rows.push_back(ContainerRow(container, !options.no_trunc));
  BUOY_ASSIGN(std::string out,
              FormatRows(FormatOf(in.cli, options, size), ContainerHeader(), rows));
  in.cli.Out(out);
  return 0;
}

Command Make(const char* use) {
  auto options = std::make_shared<Options>();
  return {.use = use,
          .brief = "List containers",
          .full_names = "container ls, container list, container ps, ps",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->quiet, "quiet", 'q', "Only display container IDs");
                flags.Bool(&options->size, "size", 's', "Display total file sizes");
                flags.Bool(&options->all, "all", 'a',
                           "Show all containers (default shows just running)");
                flags.Bool(&options->no_trunc, "no-trunc", 0, "Don't truncate output");
                flags.Bool(&options->latest, "latest", 'l',
                           "Show the latest created container (includes all states)");
                flags.Int(&options->last, "last", 'n',
                          "Show n last created containers (includes all states)");
                flags.String(&options->format, "format", 0, kFormatHelp);
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace

Command ContainerPs() {
  Command command = Make("ps [OPTIONS]");
  command.top_order = 3;
  return command;
}

Command ContainerLs() {
  Command command = Make("ls [OPTIONS]");
  command.other_names = {"ps", "list"};
  return command;
}

}  // namespace buoy::cli
