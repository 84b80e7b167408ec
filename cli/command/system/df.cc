#include "cli/command/list.h"
#include "cli/command/rows.h"
#include "cli/command/system/df_usage.h"
#include "cli/command/system/system.h"
#include "cli/flags/units.h"
#include "cli/formatter/template.h"
#include "common/gotime/duration.h"
#include "common/gotime/time.h"

namespace buoy::cli {
namespace {

struct Options {
  bool verbose = false;
  std::string format;
};

std::string AgoOf(const std::string& rfc3339) {
  auto time = gotime::ParseRfc3339(rfc3339);
  if (rfc3339.empty() || !time.ok()) return "";
  return gotime::HumanDuration(gotime::Sub(gotime::Now(), *time)) + " ago";
}

Value BuildCacheRow(const Value& cache) {
  std::string id = cache.Str("ID").substr(0, 12);
  if (cache.Bool("InUse")) id += "*";
  std::string parent = cache.Str("Parent");
  Value row = Value::Object();
  row.Set("CacheType", cache.Str("Type"))
      .Set("CreatedAt", cache.Str("CreatedAt"))
      .Set("CreatedSince", AgoOf(cache.Str("CreatedAt")))
      .Set("Description", cache.Str("Description"))
      .Set("ID", id)
      .Set("InUse", cache.Bool("InUse") ? "true" : "false")
      .Set("LastUsedAt", cache.Str("LastUsedAt"))
      .Set("LastUsedSince", AgoOf(cache.Str("LastUsedAt")))
      .Set("Parent", parent)
      .Set("Shared", cache.Bool("Shared") ? "true" : "false")
      .Set("Size", HumanSize(static_cast<double>(cache.Int("Size")), 3))
      .Set("UsageCount", std::to_string(cache.Int("UsageCount")));
  return row;
}

struct Details {
  ValueList images, containers, volumes, build_cache;
};

Details DetailsOf(const Value& usage, bool trunc) {
  Details out;
  for (const Value& image : usage.At("Images").List()) {
    AddImageRows(image, trunc, false, false, out.images);
  }
  for (Value& row : out.images) row.Set("Digest", "");
  for (const Value& container : usage.At("Containers").List()) {
    Value alone = Value::Object(container.Fields());
    alone.Set("SizeRootFs", 0);  // the image is counted above
    out.containers.push_back(ContainerRow(alone, trunc));
  }
  for (const Value& volume : usage.At("Volumes").List()) out.volumes.push_back(VolumeRow(volume));
  for (const Value& cache : usage.At("BuildCache").List()) {
    out.build_cache.push_back(BuildCacheRow(cache));
  }
  return out;
}

Result<std::string> VerboseTables(const Value& usage) {
  Details rows = DetailsOf(usage, true);
  BUOY_ASSIGN(std::string images,
              FormatRows("table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t"
                         "{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}",
                         ImageHeader(), rows.images));
  BUOY_ASSIGN(std::string containers,
              FormatRows("table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t"
                         "{{.RunningFor}}\t{{.Status}}\t{{.Names}}",
                         ContainerHeader(), rows.containers));
  BUOY_ASSIGN(std::string volumes,
              FormatRows("table {{.Name}}\t{{.Links}}\t{{.Size}}", VolumeHeader(), rows.volumes));
  Value cache_header = HeaderOf({{"ID", "CACHE ID"},
                                 {"CacheType", "CACHE TYPE"},
                                 {"Size", "SIZE"},
                                 {"CreatedSince", "CREATED"},
                                 {"LastUsedSince", "LAST USED"},
                                 {"UsageCount", "USAGE"},
                                 {"Shared", "SHARED"}});
  BUOY_ASSIGN(std::string caches,
              FormatRows("table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t"
                         "{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}",
                         cache_header, rows.build_cache));
  std::string cache_size = UsageRows(usage).back().Str("Size");
  return "Images space usage:\n\n" + images + "\nContainers space usage:\n\n" + containers +
         "\nLocal Volumes space usage:\n\n" + volumes + "\nBuild cache usage: " + cache_size +
         "\n\n" + caches;
}

Result<std::string> VerboseFormatted(const Value& usage, const std::string& format) {
  auto parsed = Template::Parse(format == "json" ? "{{json .}}" : format);
  if (!parsed.ok()) return std::move(parsed).error().Context("template parsing error");
  Details rows = DetailsOf(usage, false);
  Value all = Value::Object();
  all.Set("Images", rows.images).Set("Containers", rows.containers);
  all.Set("Volumes", rows.volumes).Set("BuildCache", rows.build_cache);
  return parsed->Execute(all);
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(Value usage, in.cli.Get("/system/df"));
  std::string format = options.format.empty() ? "table" : options.format;
  std::string out;
  if (options.verbose && format == "table") {
    BUOY_ASSIGN(out, VerboseTables(usage));
  } else if (options.verbose) {
    BUOY_ASSIGN(out, VerboseFormatted(usage, format));
  } else {
    if (format == "table") {
      format = "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";
    }
    BUOY_ASSIGN(out, FormatRows(format, UsageHeader(), UsageRows(usage)));
  }
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command SystemDf() {
  auto options = std::make_shared<Options>();
  return {.use = "df [OPTIONS]",
          .brief = "Show docker disk usage",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->verbose, "verbose", 'v',
                           "Show detailed information on space usage");
                flags.String(&options->format, "format", 0, kFormatHelp);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
