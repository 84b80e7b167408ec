#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/registry_auth/registry_auth.h"
#include "cli/config/auth.h"

namespace buoy::cli {
namespace {

constexpr size_t kDescriptionWidth = 45;

struct Options {
  std::string format;
  int64_t limit = 0;
  bool no_trunc = false;
  Filters filters;
};

Value Row(const Value& found, bool trunc) {
  std::string description = found.Str("description");
  for (char& c : description) c = c == '\n' || c == '\r' ? ' ' : c;
  auto type = std::make_shared<GoType>();
  type->name = "*registry.searchContext";
  Value row = Value::Object();
  row.Set("Description", trunc ? Ellipsis(description, kDescriptionWidth) : description)
      .Set("IsOfficial", found.Bool("is_official") ? "[OK]" : "")
      .Set("Name", found.Str("name"))
      .Set("StarCount", std::to_string(found.Int("star_count")));
  return row.WithType(std::move(type));
}

Result<int> Run(Invocation& in, const Options& options) {
  if (options.filters.Has("is-automated")) {
    in.cli.Err(
        "WARNING: the \"is-automated\" filter is deprecated, and searching for "
        "\"is-automated=true\" will not yield any results in future.\n");
  }
  const std::string& term = in.args[0];
  BUOY_ASSIGN(std::string auth, AuthHeaderForImage(in.cli.config(), term));
  api::Call call{.path = "/images/search", .query = {{"term", term}}};
  if (options.limit > 0) call.query.Add("limit", std::to_string(options.limit));
  call.query.AddIf("filters", options.filters.Json());
  call.headers.Add("X-Registry-Auth", auth);
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  BUOY_ASSIGN(api::Reply reply, client->Do(call));
  BUOY_ASSIGN(Value found, Value::Parse(reply.body));
  std::string format = options.format.empty() ? "table" : options.format;
  if (format == "table") {
    format = "table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";
  }
  ValueList rows;
  for (const Value& item : found.List()) rows.push_back(Row(item, !options.no_trunc));
  Value header = HeaderOf({{"Name", "NAME"},
                           {"Description", "DESCRIPTION"},
                           {"StarCount", "STARS"},
                           {"IsOfficial", "OFFICIAL"}});
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command Search() {
  auto options = std::make_shared<Options>();
  return {.use = "search [OPTIONS] TERM",
          .brief = "Search Docker Hub for images",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->no_trunc, "no-trunc", 0, "Don't truncate output");
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
                flags.Int(&options->limit, "limit", 0, "Max number of search results");
                flags.String(&options->format, "format", 0,
                             "Pretty-print search using a Go template");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .top_order = 10};
}

}  // namespace buoy::cli
