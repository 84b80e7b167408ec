// VolumeStore: volumes of plugins.
#include <algorithm>
#include <map>

#include "common/unix/file.h"
#include "daemon/volume/plugin_driver.h"
#include "daemon/volume/volume_store.h"

namespace buoy::volume {
namespace {

constexpr char kLocal[] = "local";
constexpr char kNameConflict[] = ": volume name must be unique";

VolumeDetails ToDetails(VolumeRecord record, const PluginVolume& volume, PluginDriver& driver) {
  VolumeDetails details;
  details.record = std::move(record);
  details.record.mountpoint = volume.mountpoint;
  details.scope = driver.Scope();
  details.created_at = volume.created_at;
  details.status = volume.status;
  return details;
}

}  // namespace

Result<std::optional<VolumeRecord>> VolumeStore::UseExisting(const CreateVolume& request,
                                                             const VolumeRecord& existing) {
  const std::string& name = existing.name;
  if (existing.driver != kLocal) {
    auto driver = plugins_->Find(existing.driver);
    auto found =
        driver.ok() ? (*driver)->Get(name) : Result<std::optional<PluginVolume>>(driver.error());
    if (!found.ok()) {
      return Conflict("found reference to volume '" + name + "' in driver '" + existing.driver +
                      "', but got an error while checking the driver: error while checking if "
                      "volume \"" +
                      name + "\" exists in driver \"" + existing.driver +
                      "\": " + found.error().message() + kNameConflict);
    }
    if (!*found) {
      BUOY_TRY(Forget(name));
      return std::optional<VolumeRecord>();
    }
  }
  if (!request.driver.empty() && request.driver != existing.driver) {
    if (request.driver != kLocal) BUOY_TRY(plugins_->Find(request.driver));
    return Conflict("driver '" + existing.driver + "' already has volume '" + name + "'" +
                    kNameConflict);
  }
  return std::optional<VolumeRecord>(existing);
}

std::optional<VolumeRecord> VolumeStore::ProbePlugins(const std::string& name) {
  for (const auto& driver : plugins_->All()) {
    auto found = driver->Get(name);
    if (!found.ok() || !*found) continue;
    std::lock_guard lock(mutex_);
    if (auto known = Get(name); known.ok()) return *known;
    auto record =
        Insert({.name = name, .driver = driver->name(), .mountpoint = (*found)->mountpoint});
    if (record.ok()) return *record;
  }
  return std::nullopt;
}

Result<VolumeRecord> VolumeStore::CreateByPlugin(const CreateVolume& request,
                                                 const std::string& name) {
  BUOY_ASSIGN(auto driver, plugins_->Find(request.driver));
  auto volume_mutex = VolumeLock(name);
  std::lock_guard volume_lock(*volume_mutex);
  if (auto existing = Get(name); existing.ok()) return existing;
  BUOY_TRY(driver->Create(name, request.options));
  VolumeRecord record{.name = name,
                      .driver = request.driver,
                      .labels = request.labels,
                      .options = request.options,
                      .anonymous = request.name.empty()};
  if (auto made = driver->Get(name); made.ok() && *made) record.mountpoint = (*made)->mountpoint;
  std::lock_guard lock(mutex_);
  return Insert(std::move(record));
}

Status VolumeStore::RemoveByPlugin(const VolumeRecord& record, bool force) {
  const std::string& name = record.name;
  auto volume_mutex = VolumeLock(name);
  std::lock_guard volume_lock(*volume_mutex);
  {
    std::unique_lock lock(mutex_, std::defer_lock);
    BUOY_TRY(CheckUnused(name, lock));
  }
  auto removed = [&]() -> Status {
    BUOY_ASSIGN(auto driver, plugins_->Find(record.driver));
    BUOY_ASSIGN(auto known, driver->Get(name));
    return known ? driver->Remove(name) : Ok();  // it lost it by itself: fine
  }();
  if (removed.ok() || force) BUOY_TRY(Forget(name));
  if (removed.ok()) return removed;
  return std::move(removed).error().Context("remove " + name);
}

Result<VolumeDetails> VolumeStore::Describe(const std::string& name) {
  auto record = Get(name);
  if (!record.ok()) {
    auto found = ProbePlugins(name);
    if (!found) return std::move(record).error();
    record = *std::move(found);
  }
  if (record->driver == kLocal) {
    VolumeDetails details;
    details.record = *std::move(record);
    details.record.mountpoint = Mountpoint(name);
    return details;
  }
  const std::string what = "get " + name + ": error while checking if volume \"" + name +
                           "\" exists in driver \"" + record->driver + "\"";
  BUOY_ASSIGN_CONTEXT(auto driver, plugins_->Find(record->driver), what);
  BUOY_ASSIGN_CONTEXT(auto volume, driver->Get(name), what);
  if (!volume) {
    BUOY_TRY(Forget(name));
    return NotFound("get " + name + ": no such volume");
  }
  return ToDetails(*std::move(record), *volume, *driver);
}

Result<VolumeListing> VolumeStore::ListAll() {
  VolumeListing listing;
  BUOY_ASSIGN(auto records, List());
  std::map<std::string, VolumeRecord> known;
  std::map<std::string, VolumeDetails> all;
  for (auto& record : records) {
    if (record.driver == kLocal) {
      VolumeDetails details;
      details.record = record;
      details.record.mountpoint = Mountpoint(record.name);
      all[record.name] = std::move(details);
    } else {
      known[record.name] = std::move(record);
    }
  }
  std::set<std::string> answered;
  for (const auto& driver : plugins_->All()) {
    auto volumes = driver->List();
    if (!volumes.ok()) {
      listing.warnings.push_back("list " + driver->name() + ": " + volumes.error().message());
      continue;
    }
    answered.insert(driver->name());
    for (const auto& volume : *volumes) {
      VolumeRecord record{.name = volume.name, .driver = driver->name()};
      if (auto row = known.find(volume.name); row != known.end()) record = row->second;
      if (record.driver != driver->name()) continue;  // another's by this name came first
      all.try_emplace(volume.name, ToDetails(std::move(record), volume, *driver));
    }
  }
  for (auto& [name, record] : known) {
    if (answered.contains(record.driver)) continue;
    VolumeDetails details;
    details.record = std::move(record);
    all.try_emplace(name, std::move(details));
  }
  for (auto& [name, details] : all) listing.volumes.push_back(std::move(details));
  return listing;
}

std::vector<std::string> VolumeStore::DriverNames() {
  auto names = plugins_->Names();
  names.push_back(kLocal);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace buoy::volume
