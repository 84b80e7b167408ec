#include "cli/command/list.h"
#include "cli/command/system/system.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string format;
  bool all = false;
};

Value Row(const Value& setting) {
  auto type = std::make_shared<GoType>();
  type->name = "*system.configContext";
  Value row = Value::Object();
  row.Set("Flag", setting.Str("Flag"))
      .Set("Key", setting.Str("Key"))
      .Set("OnReload", setting.Str("OnReload"))
      .Set("Pending", setting.Find("Pending") == nullptr ? "" : setting.At("Pending").Dump())
      .Set("Source", setting.Str("Source"))
      .Set("Value", setting.At("Value").Dump());
  return row.WithType(std::move(type));
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(api::Reply reply, in.cli.Do("GET", "/config"));
  if (options.format == "json") {
    in.cli.Out(reply.body + (reply.body.ends_with('\n') ? "" : "\n"));
    return 0;
  }
  BUOY_ASSIGN(Value config, Value::Parse(reply.body));
  ValueList rows;
  for (const Value& setting : config.At("Settings").List()) {
    bool set = setting.Str("Source") != "default" || setting.Find("Pending") != nullptr;
    if (options.all || set) rows.push_back(Row(setting));
  }
  std::string format = options.format.empty() || options.format == "table"
                           ? "table {{.Key}}\t{{.Value}}\t{{.Source}}\t{{.OnReload}}\t{{.Pending}}"
                           : options.format;
  Value header = HeaderOf({{"Key", "KEY"},
                           {"Flag", "FLAG"},
                           {"Value", "VALUE"},
                           {"Source", "SOURCE"},
                           {"OnReload", "ON RELOAD"},
                           {"Pending", "PENDING"}});
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command SystemConfig() {
  auto options = std::make_shared<Options>();
  return {.use = "config [OPTIONS]",
          .brief = "Show the daemon's configuration and where each value comes from",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->all, "all", 'a', "Show also what is at its default");
                flags.String(&options->format, "format", 0, kFormatHelp);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
