#include "cli/command/list.h"
#include "cli/command/system/system.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string format;
  bool dry_run = false;
};

Value Row(const Value& change) {
  auto type = std::make_shared<GoType>();
  type->name = "*system.reloadContext";
  Value row = Value::Object();
  row.Set("Key", change.Str("Key"))
      .Set("New", change.At("New").Dump())
      .Set("Old", change.At("Old").Dump())
      .Set("Verdict", change.Str("Verdict"));
  return row.WithType(std::move(type));
}

Result<std::string> Table(const std::string& given, const Value& answer) {
  ValueList rows;
  for (const Value& change : answer.At("Changes").List()) rows.push_back(Row(change));
  std::string format = given.empty() || given == "table"
                           ? "table {{.Key}}\t{{.Old}}\t{{.New}}\t{{.Verdict}}"
                           : given;
  Value header = HeaderOf({{"Key", "KEY"}, {"Old", "OLD"}, {"New", "NEW"}, {"Verdict", "VERDICT"}});
  return FormatRows(format, header, rows);
}

Result<int> Run(Invocation& in, const Options& options) {
  api::Query query = api::Query().AddFlag("dry-run", options.dry_run);
  BUOY_ASSIGN(api::Reply reply, in.cli.Do("POST", "/config/reload", query));
  if (options.format == "json") {
    in.cli.Out(reply.body + (reply.body.ends_with('\n') ? "" : "\n"));
    return 0;
  }
  BUOY_ASSIGN(Value answer, Value::Parse(reply.body));
  bool refused = false;
  for (const Value& change : answer.At("Changes").List()) {
    refused = refused || change.Str("Verdict").starts_with("refused");
  }
  if (answer.At("Changes").List().empty()) {
    in.cli.Out("No changes in " + answer.Str("ConfigFile") + "\n");
    return 0;
  }
  BUOY_ASSIGN(std::string out, Table(options.format, answer));
  in.cli.Out(out);
  if (refused) return InvalidArgument("nothing was changed: the configuration is refused");
  return 0;
}

}  // namespace

Command SystemReload() {
  auto options = std::make_shared<Options>();
  return {.use = "reload [OPTIONS]",
          .brief = "Let the daemon read its configuration file again",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->dry_run, "dry-run", 'n',
                           "Show what would change, and change nothing");
                flags.String(&options->format, "format", 0, kFormatHelp);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
