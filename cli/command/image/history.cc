#include "cli/command/image/image.h"
#include "cli/command/list.h"
#include "cli/flags/units.h"
#include "common/digest/digest.h"

namespace buoy::cli {
namespace {

struct Options {
  bool human = true, quiet = false, no_trunc = false;
  std::string format, platform;
};

constexpr size_t kCreatedByWidth = 45;

std::string CreatedBy(std::string text, bool trunc) {
  for (size_t at; (at = text.find('\t')) != std::string::npos;) text.replace(at, 1, " ");
  return trunc ? Ellipsis(text, kCreatedByWidth) : text;
}

Value Row(const Value& layer, const Options& options) {
  static const auto* type = new std::shared_ptr<const GoType>(
      std::make_shared<GoType>(GoType{"*image.historyContext", {}, {}}));
  bool trunc = !options.no_trunc;
  std::string id = layer.Str("Id");
  if (trunc && id != "<missing>") id = ShortId(id);
  int64_t created = layer.Int("Created");
  bool dated = created > 0;
  int64_t size = layer.Int("Size");
  Value row = Value::Object();
  row.Set("Comment", layer.Str("Comment"))
      .Set("CreatedAt", GoRfc3339(created))
      .Set("CreatedBy", CreatedBy(layer.Str("CreatedBy"), trunc))
      .Set("CreatedSince", !options.human ? GoRfc3339(created)
                           : dated        ? Ago(created)
                                          : "N/A")
      .Set("ID", id)
      .Set("Size", options.human ? HumanSize(static_cast<double>(size), 3) : std::to_string(size));
  return row.WithType(*type);
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(std::string platform, PlatformJson(options.platform));
  BUOY_ASSIGN(Value layers, in.cli.Get("/images/" + in.args[0] + "/history",
                                       api::Query().AddIf("platform", platform)));
  std::string format = options.format.empty() ? "table" : options.format;
  if (format == "table") {
    const char* created = options.human ? "{{.CreatedSince}}" : "{{.CreatedAt}}";
    format = options.quiet ? "{{.ID}}"
                           : std::string("table {{.ID}}\t") + created +
                                 "\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
  }
  Value header = HeaderOf({{"ID", "IMAGE"},
                           {"CreatedSince", "CREATED"},
                           {"CreatedAt", "CREATED AT"},
                           {"CreatedBy", "CREATED BY"},
                           {"Size", "SIZE"},
                           {"Comment", "COMMENT"}});
  ValueList rows;
  for (const Value& layer : layers.List()) rows.push_back(Row(layer, options));
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command ImageHistory() {
  auto options = std::make_shared<Options>();
  return {.use = "history [OPTIONS] IMAGE",
          .brief = "Show the history of an image",
          .full_names = "image history, history",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->human, "human", 'H',
                           "Print sizes and dates in human readable format");
                flags.Bool(&options->quiet, "quiet", 'q', "Only show image IDs");
                flags.Bool(&options->no_trunc, "no-trunc", 0, "Don't truncate output");
                flags.String(&options->format, "format", 0, kFormatHelp);
                flags
                    .String(&options->platform, "platform", 0,
                            "Show history for the given platform. Formatted as "
                            "\"os[/arch[/variant]]\" (e.g., \"linux/amd64\")")
                    .Since("1.48");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
