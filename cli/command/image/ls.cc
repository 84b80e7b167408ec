#include "cli/command/filters.h"
#include "cli/command/image/image.h"
#include "cli/command/list.h"
#include "cli/command/rows.h"
#include "cli/flags/units.h"
#include "common/digest/digest.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

struct Options {
  bool quiet = false, all = false, no_trunc = false, digests = false;
  std::string format;
  Filters filters;
};

std::string SizeOrNone(int64_t size) {
  return size == -1 ? "N/A" : HumanSize(static_cast<double>(size));
}

Value Row(const Value& image, const std::string& repository, const std::string& tag,
          const std::string& digest, bool trunc) {
  static const auto* type = new std::shared_ptr<const GoType>(
      std::make_shared<GoType>(GoType{"*formatter.imageContext", {}, {}}));
  int64_t size = image.Int("Size");
  int64_t shared = image.Int("SharedSize");
  int64_t containers = image.Int("Containers");
  Value row = Value::Object();
  row.Set("Containers", containers == -1 ? "N/A" : std::to_string(containers))
      .Set("CreatedAt", GoTime(image.Int("Created")))
      .Set("CreatedSince", Ago(image.Int("Created")))
      .Set("Digest", digest)
      .Set("ID", trunc ? ShortId(image.Str("Id")) : image.Str("Id"))
      .Set("Repository", repository)
      .Set("SharedSize", SizeOrNone(shared))
      .Set("Size", HumanSize(static_cast<double>(size), 3))
      .Set("Tag", tag)
      .Set("UniqueSize", shared == -1 ? "N/A" : SizeOrNone(size - shared))
      .Set("VirtualSize", HumanSize(static_cast<double>(size)));
  return row.WithType(*type);
}

}  // namespace

void AddImageRows(const Value& image, bool trunc, bool need_digest, bool digests_wanted,
                  ValueList& rows) {
  constexpr char kNone[] = "<none>";
  std::vector<Reference> tags;
  std::vector<Reference> digests;
  for (const Value& name : image.At("RepoTags").List()) {
    auto reference = Reference::ParseNormalized(name.Str());
    if (reference.ok() && reference->has_tag()) tags.push_back(*reference);
  }
  for (const Value& name : image.At("RepoDigests").List()) {
    auto reference = Reference::ParseNormalized(name.Str());
    if (reference.ok() && reference->has_digest()) digests.push_back(*reference);
  }
  if (tags.empty() && digests.empty()) {
    rows.push_back(Row(image, kNone, kNone, kNone, trunc));
    return;
  }
  for (const Reference& tag : tags) {
    bool any = false;
    for (const Reference& digest : digests) {
      if (!need_digest || digest.Name() != tag.Name()) continue;
      any = true;
      rows.push_back(Row(image, tag.FamiliarName(), tag.tag(), digest.digest(), trunc));
    }
    if (!any) rows.push_back(Row(image, tag.FamiliarName(), tag.tag(), kNone, trunc));
  }
  for (const Reference& digest : digests) {
    bool shown = false;
    for (const Reference& tag : tags) shown = shown || tag.Name() == digest.Name();
    if (shown) continue;
    rows.push_back(
        Row(image, digest.FamiliarName(), kNone, digests_wanted ? digest.digest() : "", trunc));
  }
}

Value ImageHeader() {
  return HeaderOf({{"ID", "IMAGE ID"},
                   {"Repository", "REPOSITORY"},
                   {"Tag", "TAG"},
                   {"Digest", "DIGEST"},
                   {"CreatedSince", "CREATED"},
                   {"CreatedAt", "CREATED AT"},
                   {"Size", "SIZE"},
                   {"Containers", "CONTAINERS"},
                   {"VirtualSize", "SIZE"},
                   {"SharedSize", "SHARED SIZE"},
                   {"UniqueSize", "UNIQUE SIZE"}});
}

namespace {

Result<int> Run(Invocation& in, Options& options) {
  if (!in.args.empty()) options.filters.Add("reference", in.args[0]);
  api::Query query;
  query.AddFlag("all", options.all).AddIf("filters", options.filters.Json());
  BUOY_ASSIGN(Value images, in.cli.Get("/images/json", query));
  std::string format =
      ListFormat(options.format, options.quiet ? "" : in.cli.config().Get("imagesFormat"));
  if (format == "table") {
    format = options.quiet ? "{{.ID}}"
             : options.digests
                 ? "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t"
                   "{{.Size}}"
                 : "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
  }
  bool need_digest = options.digests || format.find("{{.Digest}}") != std::string::npos;
  ValueList rows;
  for (const Value& image : images.List()) {
    AddImageRows(image, !options.no_trunc, need_digest, options.digests, rows);
  }
  BUOY_ASSIGN(std::string out, FormatRows(format, ImageHeader(), rows));
  in.cli.Out(out);
  return 0;
}

Command Make(const char* use) {
  auto options = std::make_shared<Options>();
  return {.use = use,
          .brief = "List images",
          .full_names = "image ls, image list, images",
          .args = MaxArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->quiet, "quiet", 'q', "Only show image IDs");
                flags.Bool(&options->all, "all", 'a',
                           "Show all images (default hides intermediate images)");
                flags.Bool(&options->no_trunc, "no-trunc", 0, "Don't truncate output");
                flags.Bool(&options->digests, "digests", 0, "Show digests");
                flags.String(&options->format, "format", 0, kFormatHelp);
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace

Command Images() {
  Command command = Make("images [OPTIONS] [REPOSITORY[:TAG]]");
  command.top_order = 7;
  return command;
}

Command ImageLs() {
  Command command = Make("ls [OPTIONS] [REPOSITORY[:TAG]]");
  command.other_names = {"list"};
  return command;
}

}  // namespace buoy::cli
