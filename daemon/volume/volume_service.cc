#include "daemon/volume/volume_service.h"

#include <algorithm>

#include "common/gotime/time.h"
#include "common/regexp/regexp.h"

namespace buoy::volume {
namespace {

constexpr char kLocal[] = "local";
constexpr char kAnonymousLabel[] = "com.docker.volume.anonymous";

// "2006-01-02T15:04:05Z07:00" in local time.
std::string CreatedAt(int64_t ns) {
  int64_t seconds = ns / 1000000000;
  int offset = gotime::LocalOffset(seconds);
  auto civil = gotime::ToCivil(seconds + offset);
  char text[64], zone[16] = "Z";
  if (offset != 0) {
    int minutes = std::abs(offset) / 60;
    snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  }
  snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%s", static_cast<int>(civil.year),
           civil.month, civil.day, civil.hour, civil.minute, civil.second, zone);
  return text;
}

types::Volume ToApi(const VolumeDetails& details) {
  const VolumeRecord& record = details.record;
  types::Volume volume;
  volume.created_at =
      details.created_at.empty() ? CreatedAt(record.created_ns) : details.created_at;
  volume.driver = record.driver;
  if (!record.labels.empty()) volume.labels = record.labels;
  volume.mountpoint = record.mountpoint;
  volume.name = record.name;
  if (!record.options.empty()) volume.options = record.options;
  volume.scope = details.scope;
  volume.status.text = details.status;
  return volume;
}

Status CheckKeys(const api::Filters& filters, const std::set<std::string>& known) {
  for (const auto& [key, values] : filters) {
    if (!known.contains(key)) return InvalidArgument("invalid filter '" + key + "'");
  }
  return Ok();
}

bool MatchesLabel(const VolumeRecord& record, const std::string& wanted) {
  size_t equals = wanted.find('=');
  auto label = record.labels.find(wanted.substr(0, equals));
  if (label == record.labels.end()) return false;
  return equals == std::string::npos || label->second == wanted.substr(equals + 1);
}

// Docker's name filter: the exact name or a regular expression found in it.
bool MatchesName(const std::string& name, const std::string& pattern) {
  return name == pattern || RegexpMatches(pattern, name);
}

const std::set<std::string>& Values(const api::Filters& filters, const char* key) {
  static const std::set<std::string> none;
  auto found = filters.find(key);
  return found == filters.end() ? none : found->second;
}

// A filter with one boolean value.
Result<std::optional<bool>> BoolFilter(const api::Filters& filters, const char* key) {
  const auto& values = Values(filters, key);
  if (values.empty()) return std::optional<bool>();
  bool yes = values.contains("1") || values.contains("true");
  bool no = values.contains("0") || values.contains("false");
  if (yes == no || values.size() > 2) {
    return InvalidArgument(std::string("invalid filter '") + key + "=[" + *values.begin() + "]'");
  }
  return std::optional<bool>(yes);
}

bool MatchesLabels(const VolumeRecord& record, const api::Filters& filters) {
  const auto& wanted = Values(filters, "label");
  const auto& unwanted = Values(filters, "label!");
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const std::string& w) { return MatchesLabel(record, w); }) &&
         std::none_of(unwanted.begin(), unwanted.end(),
                      [&](const std::string& w) { return MatchesLabel(record, w); });
}

bool MatchesAnyName(const VolumeRecord& record, const api::Filters& filters) {
  const auto& names = Values(filters, "name");
  const auto& drivers = Values(filters, "driver");
  bool name = names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& n) {
                return MatchesName(record.name, n);
              });
  return name && (drivers.empty() || drivers.contains(record.driver));
}

}  // namespace

Result<types::VolumeList> VolumeService::List(const api::Filters& filters) {
  BUOY_TRY(CheckKeys(filters, {"dangling", "name", "driver", "label"}));
  BUOY_ASSIGN(auto dangling, BoolFilter(filters, "dangling"));
  BUOY_ASSIGN(auto listing, store_.ListAll());
  types::VolumeList list;
  if (!listing.warnings.empty()) list.warnings = json::List<std::string>(listing.warnings);
  for (const auto& details : listing.volumes) {
    const VolumeRecord& record = details.record;
    if (!MatchesLabels(record, filters) || !MatchesAnyName(record, filters)) continue;
    if (dangling && *dangling != store_.Users(record.name).empty()) continue;
    list.volumes.push_back(ToApi(details));
  }
  return list;
}

Result<types::Volume> VolumeService::Inspect(const std::string& name) {
  BUOY_ASSIGN(VolumeDetails details, store_.Describe(name));
  return ToApi(details);
}

Result<types::Volume> VolumeService::Create(const types::VolumeCreateRequest& request) {
  CreateVolume create;
  create.name = request.name;
  create.driver = request.driver;
  create.options = request.driver_opts;
  create.labels = request.labels;
  BUOY_ASSIGN(VolumeRecord record, store_.Create(create));
  BUOY_ASSIGN(VolumeDetails details, store_.Describe(record.name));
  return ToApi(details);
}

Status VolumeService::Remove(const std::string& name, bool force) {
  return store_.Remove(name, force);
}

Result<types::VolumesPruneReport> VolumeService::Prune(const api::Filters& filters) {
  BUOY_TRY(CheckKeys(filters, {"label", "label!", "all"}));
  BUOY_ASSIGN(auto all, BoolFilter(filters, "all"));
  BUOY_ASSIGN(auto records, store_.List());
  types::VolumesPruneReport report;
  report.volumes_deleted = json::List<std::string>::Empty();
  for (const auto& record : records) {
    // Volumes with options are not on our disk: nothing would be won.
    if (!record.options.empty() || record.driver != kLocal) continue;
    if (!MatchesLabels(record, filters)) continue;
    if (!all.value_or(false) && !record.labels.contains(kAnonymousLabel)) continue;
    if (!store_.Users(record.name).empty()) continue;
    int64_t size = store_.Size(record.name);
    if (!store_.Remove(record.name).ok()) continue;  // taken meanwhile
    report.volumes_deleted.push_back(record.name);
    report.space_reclaimed += static_cast<uint64_t>(std::max<int64_t>(size, 0));
  }
  store_.Emit("prune", "", {{"reclaimed", std::to_string(report.space_reclaimed)}});
  return report;
}

Result<std::vector<types::Volume>> VolumeService::ListWithUsage() {
  BUOY_ASSIGN(auto records, store_.List());
  std::vector<types::Volume> volumes;
  for (const auto& record : records) {
    // What has options or another driver is not on our disk.
    if (!record.options.empty() || record.driver != kLocal) continue;
    auto volume = ToApi({record, "local", "", ""});
    volume.mountpoint = store_.Mountpoint(record.name);
    types::VolumeUsageData usage;
    usage.ref_count = static_cast<int64_t>(store_.Users(record.name).size());
    usage.size = store_.Size(record.name);
    volume.usage_data = usage;
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

}  // namespace buoy::volume
