#include "cli/command/volume/volume.h"

#include <algorithm>

#include "cli/command/each.h"
#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/objects.h"
#include "cli/command/rows.h"
#include "cli/flags/units.h"
#include "cli/formatter/natural_sort.h"
#include "cli/opts/env_file.h"
#include "cli/opts/validate.h"

namespace buoy::cli {
namespace {

struct CreateFlags {
  std::string driver = "local", name;
  std::map<std::string, std::string> options;
  std::vector<std::string> labels;
};

Command Create() {
  auto options = std::make_shared<CreateFlags>();
  return {.use = "create [OPTIONS] [VOLUME]",
          .brief = "Create a volume",
          .args = MaxArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->name, "name", 0, "Specify volume name").Hide();
                flags.String(&options->driver, "driver", 'd', "Specify volume driver name");
                flags.Map(&options->options, "opt", 'o', "Set driver specific options");
                flags.List(&options->labels, "label", 0, "Set metadata for a volume",
                           opts::ValidateLabel);
              },
          .run = [options](Invocation& in) -> Result<int> {
            if (!in.args.empty() && !options->name.empty()) {
              return InvalidArgument(
                  "conflicting options: cannot specify a volume name through "
                  "both --name and as a positional arg");
            }
            const std::string& name = in.args.empty() ? options->name : in.args[0];
            Value driver_options = Value::Object();
            for (const auto& [key, value] : options->options) driver_options.Set(key, value);
            Value labels = Value::Object();
            for (const auto& [key, value] : opts::ToMap(options->labels)) labels.Set(key, value);
            Value body = Value::Object();
            body.Set("Driver", options->driver).Set("DriverOpts", driver_options);
            body.Set("Labels", labels).Set("Name", name);
            BUOY_ASSIGN(api::Reply reply,
                        in.cli.Do("POST", "/volumes/create", {}, body.Dump(true)));
            BUOY_ASSIGN(Value created, Value::Parse(reply.body));
            in.cli.Out(created.Str("Name") + "\n");
            return 0;
          }};
}

struct LsFlags {
  bool quiet = false;
  std::string format;
  Filters filters;
};

}  // namespace

Value VolumeRow(const Value& volume) {
  const Value& usage = volume.At("UsageData");
  Value row = Value::Object();
  row.Set("Availability", "N/A")
      .Set("Driver", volume.Str("Driver"))
      .Set("Group", "N/A")
      .Set("Labels", JoinLabels(volume.At("Labels")))
      .Set("Links", usage.IsNull() ? "N/A" : std::to_string(usage.Int("RefCount")))
      .Set("Mountpoint", volume.Str("Mountpoint"))
      .Set("Name", volume.Str("Name"))
      .Set("Scope", volume.Str("Scope"))
      .Set("Size", usage.IsNull() ? "N/A" : HumanSize(static_cast<double>(usage.Int("Size"))))
      .Set("Status", "N/A");
  return row.WithType(LabelledType("*formatter.volumeContext", volume.At("Labels")));
}

Value VolumeHeader() {
  return HeaderOf({{"Name", "VOLUME NAME"},
                   {"Driver", "DRIVER"},
                   {"Scope", "SCOPE"},
                   {"Availability", "AVAILABILITY"},
                   {"Group", "GROUP"},
                   {"Status", "STATUS"},
                   {"Labels", "LABELS"},
                   {"Mountpoint", "MOUNTPOINT"},
                   {"Links", "LINKS"},
                   {"Size", "SIZE"}});
}

namespace {

Result<int> List(Invocation& in, const LsFlags& options) {
  BUOY_ASSIGN(Value list,
              in.cli.Get("/volumes", api::Query().AddIf("filters", options.filters.Json())));
  ValueList volumes = list.At("Volumes").List();
  std::sort(volumes.begin(), volumes.end(), [](const Value& a, const Value& b) {
    return NaturalLess(a.Str("Name"), b.Str("Name"));
  });
  ValueList rows;
  for (const Value& volume : volumes) rows.push_back(VolumeRow(volume));
  std::string format =
      ListFormat(options.format, options.quiet ? "" : in.cli.config().Get("volumesFormat"));
  if (format == "table") format = options.quiet ? "{{.Name}}" : "table {{.Driver}}\t{{.Name}}";
  BUOY_ASSIGN(std::string out, FormatRows(format, VolumeHeader(), rows));
  in.cli.Out(out);
  return 0;
}

Command Ls() {
  auto options = std::make_shared<LsFlags>();
  return {.use = "ls [OPTIONS]",
          .brief = "List volumes",
          .other_names = {"list"},
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->quiet, "quiet", 'q', "Only display volume names");
                flags.String(&options->format, "format", 0, kFormatHelp);
                options->filters.AddFlag(flags, 'f',
                                         "Provide filter values (e.g. \"dangling=true\")");
              },
          .run = [options](Invocation& in) { return List(in, *options); }};
}

Command Rm() {
  auto force = std::make_shared<bool>(false);
  return {.use = "rm [OPTIONS] VOLUME [VOLUME...]",
          .brief = "Remove one or more volumes",
          .long_text =
              "Remove one or more volumes. You cannot remove a volume that is in use by a "
              "container.",
          .other_names = {"remove"},
          .args = MinArgs(1),
          .flags =
              [force](FlagSet& flags) {
                flags.Bool(force.get(), "force", 'f', "Force the removal of one or more volumes");
              },
          .run = [force](Invocation& in) -> Result<int> {
            ErrorList errors;
            for (const std::string& name : in.args) {
              auto reply = in.cli.Do("DELETE", "/volumes/" + api::EscapePath(name),
                                     api::Query().AddFlag("force", *force));
              if (reply.ok()) {
                in.cli.Out(name + "\n");
              } else {
                errors.Add(reply.error());
              }
            }
            return errors.Finish();
          }};
}

}  // namespace

Command VolumeGroup() {
  return {.use = "volume", .brief = "Manage volumes", .args = NoArgs(), .children = [] {
            return std::vector<Command>{Create(), VolumeInspect(), Ls(), VolumePrune(),
                                        Rm(),     VolumeUpdate()};
          }};
}

}  // namespace buoy::cli
