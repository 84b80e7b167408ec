#include "cli/command/system/df_usage.h"

#include <string>

#include "cli/command/list.h"
#include "cli/flags/units.h"

namespace buoy::cli {
namespace {

std::string Bytes(int64_t size) { return HumanSize(static_cast<double>(size)); }

std::string Reclaimable(int64_t part, int64_t all) {
  if (all <= 0) return Bytes(part);
  return Bytes(part) + " (" + std::to_string(part * 100 / all) + "%)";
}

Value Row(const char* type_name, const char* what, size_t total, int64_t active, int64_t size,
          const std::string& reclaimable) {
  auto type = std::make_shared<GoType>();
  type->name = type_name;
  Value row = Value::Object();
  row.Set("Active", std::to_string(active))
      .Set("Reclaimable", reclaimable)
      .Set("Size", Bytes(size))
      .Set("TotalCount", std::to_string(total))
      .Set("Type", what);
  return row.WithType(std::move(type));
}

Value Images(const Value& usage) {
  int64_t active = 0;
  int64_t used = 0;
  int64_t layers = usage.Int("LayersSize");
  for (const Value& image : usage.At("Images").List()) {
    if (image.Int("Containers") == 0) continue;
    if (image.Int("Containers") > 0) ++active;
    int64_t size =
        image.Find("VirtualSize") != nullptr ? image.Int("VirtualSize") : image.Int("Size");
    if (size == -1 || image.Int("SharedSize") == -1) continue;
    used += size - image.Int("SharedSize");
  }
  return Row("*formatter.diskUsageImagesContext", "Images", usage.At("Images").List().size(),
             active, layers, Reclaimable(layers - used, layers));
}

Value Containers(const Value& usage) {
  int64_t active = 0;
  int64_t size = 0;
  int64_t idle = 0;
  for (const Value& container : usage.At("Containers").List()) {
    const std::string& state = container.Str("State");
    bool alive = state == "running" || state == "paused" || state == "restarting";
    active += alive;
    size += container.Int("SizeRw");
    if (!alive) idle += container.Int("SizeRw");
  }
  return Row("*formatter.diskUsageContainersContext", "Containers",
             usage.At("Containers").List().size(), active, size, Reclaimable(idle, size));
}

Value Volumes(const Value& usage) {
  int64_t active = 0;
  int64_t size = 0;
  int64_t idle = 0;
  for (const Value& volume : usage.At("Volumes").List()) {
    const Value& data = volume.At("UsageData");
    active += data.Int("RefCount") > 0;
    if (data.Int("Size") == -1) continue;
    size += data.Int("Size");
    if (data.Int("RefCount") == 0) idle += data.Int("Size");
  }
  return Row("*formatter.diskUsageVolumesContext", "Local Volumes",
             usage.At("Volumes").List().size(), active, size, Reclaimable(idle, size));
}

Value BuildCache(const Value& usage) {
  int64_t active = 0;
  int64_t idle = 0;
  int64_t size = 0;
  for (const Value& cache : usage.At("BuildCache").List()) {
    active += cache.Bool("InUse");
    if (cache.Bool("Shared")) continue;
    size += cache.Int("Size");
    if (!cache.Bool("InUse")) idle += cache.Int("Size");
  }
  if (usage.Find("BuilderSize") != nullptr) size = usage.Int("BuilderSize");
  return Row("*formatter.diskUsageBuilderContext", "Build Cache",
             usage.At("BuildCache").List().size(), active, size, Bytes(idle));
}

}  // namespace

ValueList UsageRows(const Value& usage) {
  return {Images(usage), Containers(usage), Volumes(usage), BuildCache(usage)};
}

Value UsageHeader() {
  return HeaderOf({{"Type", "TYPE"},
                   {"TotalCount", "TOTAL"},
                   {"Active", "ACTIVE"},
                   {"Size", "SIZE"},
                   {"Reclaimable", "RECLAIMABLE"}});
}

}  // namespace buoy::cli
