// VolumeStore: who has what mounted, and giving it back.
#include <sys/mount.h>

#include <chrono>
#include <utility>

#include "common/unix/file.h"
#include "daemon/logging/log.h"
#include "daemon/volume/mount_options.h"
#include "daemon/volume/plugin_driver.h"
#include "daemon/volume/volume_store.h"

namespace buoy::volume {
namespace {

constexpr char kLocal[] = "local";
constexpr std::chrono::seconds kFirstRetry{1}, kLastRetry{30};

// The request never reached the plugin.
bool NotDelivered(const Error& error) {
  return error.kind() == ErrorKind::kUnavailable &&
         (error.sys_errno() == ENOENT || error.sys_errno() == ECONNREFUSED);
}

}  // namespace

std::shared_ptr<std::mutex> VolumeStore::VolumeLock(const std::string& name) {
  std::lock_guard lock(mutex_);
  std::erase_if(volume_locks_, [](const auto& entry) { return entry.second.expired(); });
  auto& known = volume_locks_[name];
  auto held = known.lock();
  if (held == nullptr) known = held = std::make_shared<std::mutex>();
  return held;
}

Status VolumeStore::MountOptions(const VolumeRecord& volume) {
  std::string data = Mountpoint(volume.name);
  if (!NeedsMount(volume.options) || IsMountPoint(data)) return Ok();
  BUOY_ASSIGN(LocalMount mount, ParseLocalMount(volume.options));
  return MountLocal(mount, data);
}

Status VolumeStore::UnmountLocal(const std::string& name) {
  auto record = Get(name);
  std::string data = Mountpoint(name);
  if (!record.ok() || !NeedsMount(record->options) || !IsMountPoint(data)) return Ok();
  // Busy = somebody outside our books uses it: it stays for the next user.
  if (umount2(data.c_str(), UMOUNT_NOFOLLOW) != 0 && errno != EBUSY) {
    return ErrnoError("error unmounting volume " + name);
  }
  return Ok();
}

Result<std::string> VolumeStore::Mount(const std::string& name, const std::string& reference) {
  BUOY_ASSIGN(VolumeRecord record, Get(name));
  if (record.driver != kLocal) {
    auto mounted = MountByPlugin(record, reference);
    if (mounted.ok()) return mounted;
    return std::move(mounted).error().Context("error while mounting volume '" + record.mountpoint +
                                              "'");
  }
  std::string data = Mountpoint(name);
  std::lock_guard lock(mutex_);
  BUOY_TRY(MakeDirs(data, 0755));
  BUOY_TRY_CONTEXT(MountOptions(record), "error while mounting volume '" + data + "'");
  mounted_by_[name].insert(reference);
  return data;
}

Result<std::string> VolumeStore::MountByPlugin(const VolumeRecord& record,
                                               const std::string& reference) {
  const MountKey key{record.name, reference};
  auto volume_mutex = VolumeLock(record.name);
  std::lock_guard volume_lock(*volume_mutex);
  bool is_stale = false;
  {
    std::lock_guard lock(mutex_);
    auto mounted = mounted_by_.find(record.name);
    if (mounted != mounted_by_.end() && mounted->second.contains(reference)) {
      return Get(record.name).value().mountpoint;
    }
    is_stale = stale_.contains(key);
  }
  BUOY_ASSIGN(auto driver, plugins_->Find(record.driver));
  if (is_stale) BUOY_TRY(GiveBack(key));
  BUOY_TRY(db_.Prepare("INSERT OR REPLACE INTO volume_mounts (volume, reference, driver) "
                       "VALUES (?, ?, ?)")
               .Bind(record.name)
               .Bind(reference)
               .Bind(record.driver)
               .Run());
  auto path = driver->Mount(record.name, reference);
  if (path.ok() && !path->starts_with("/")) {
    (void)driver->Unmount(record.name, reference);
    path = Internal("the plugin gave no mountpoint");
  }
  std::lock_guard lock(mutex_);
  if (!path.ok()) {
    if (path.error().kind() == ErrorKind::kUnavailable && !NotDelivered(path.error())) {
      stale_.insert(key);  // it may have done it
    } else {
      BUOY_TRY(db_.Prepare("DELETE FROM volume_mounts WHERE volume = ? AND reference = ?")
                   .Bind(record.name)
                   .Bind(reference)
                   .Run());
    }
    return path;
  }
  mounted_by_[record.name].insert(reference);
  BUOY_TRY(db_.Prepare("UPDATE volumes SET mountpoint = ? WHERE name = ?")
               .Bind(*path)
               .Bind(record.name)
               .Run());
  return path;
}

Status VolumeStore::Unmount(const std::string& name, const std::string& reference) {
  auto record = Get(name);
  if (!record.ok()) return Ok();
  if (record->driver == kLocal) {
    std::lock_guard lock(mutex_);
    auto mounted = mounted_by_.find(name);
    if (mounted != mounted_by_.end()) {
      mounted->second.erase(reference);
      if (!mounted->second.empty()) return Ok();
      mounted_by_.erase(mounted);
    }
    return UnmountLocal(name);
  }
  auto volume_mutex = VolumeLock(name);
  std::lock_guard volume_lock(*volume_mutex);
  {
    std::lock_guard lock(mutex_);
    auto mounted = mounted_by_.find(name);
    if (mounted == mounted_by_.end() || mounted->second.erase(reference) == 0) return Ok();
    if (mounted->second.empty()) mounted_by_.erase(mounted);
    stale_.emplace(name, reference);
  }
  return GiveBack({name, reference});
}

// With the volume's lock held. A daemon that dies between the plugin's answer and the database
// gives back twice, which plugins refuse; none is kept.
Status VolumeStore::GiveBack(const MountKey& key) {
  const auto& [name, reference] = key;
  std::string driver_name;
  {
    auto row = db_.Prepare("SELECT driver FROM volume_mounts WHERE volume = ? AND reference = ?");
    row.Bind(name).Bind(reference);
    BUOY_ASSIGN(bool found, row.Step());
    if (found) driver_name = row.Text(0);
  }
  if (!driver_name.empty()) {
    auto driver = plugins_->Find(driver_name);
    auto done = driver.ok() ? (*driver)->Unmount(name, reference) : Status(driver.error());
    if (!driver.ok() || (!done.ok() && done.error().kind() == ErrorKind::kUnavailable)) {
      std::lock_guard lock(mutex_);
      if (!give_back_.joinable() && !stopping_) {
        give_back_ = std::thread([this] { GiveBackLoop(); });
      }
      wake_.notify_all();
      return std::move(done).error().Context("error unmounting volume " + name);
    }
    if (!done.ok()) {
      log::Warn("volume plugin", {{"volume", name}, {"error", done.error().message()}});
    }
    BUOY_TRY(db_.Prepare("DELETE FROM volume_mounts WHERE volume = ? AND reference = ?")
                 .Bind(name)
                 .Bind(reference)
                 .Run());
  }
  std::lock_guard lock(mutex_);
  stale_.erase(key);
  return Ok();
}

void VolumeStore::GiveBackLoop() {
  auto wait = kFirstRetry;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (stale_.empty()) {
      wait = kFirstRetry;
      wake_.wait(lock);
      continue;
    }
    const auto pending = stale_;
    lock.unlock();
    for (const auto& key : pending) {
      auto volume_mutex = VolumeLock(key.first);
      std::lock_guard volume_lock(*volume_mutex);
      {
        std::lock_guard check(mutex_);
        if (stopping_) break;
        if (!stale_.contains(key)) continue;
      }
      (void)GiveBack(key);
    }
    lock.lock();
    if (stale_.empty()) continue;
    wake_.wait_for(lock, wait, [this] { return stopping_; });
    wait = std::min(wait * 2, kLastRetry);
  }
}

void VolumeStore::RestoreMount(const std::string& name, const std::string& reference) {
  std::lock_guard lock(mutex_);
  mounted_by_[name].insert(reference);
  stale_.erase({name, reference});
}

void VolumeStore::FinishRestore() {
  auto records = List();
  std::lock_guard lock(mutex_);
  if (records.ok()) {
    for (const auto& record : *records) {
      if (record.driver != kLocal || mounted_by_.contains(record.name)) continue;
      auto done = UnmountLocal(record.name);
      if (!done.ok()) log::Warn("volume", {{"error", done.error().message()}});
    }
  }
  if (!stale_.empty() && !give_back_.joinable()) {
    give_back_ = std::thread([this] { GiveBackLoop(); });
  }
}

}  // namespace buoy::volume
