#include "daemon/volume/volume_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "common/gotime/time.h"
#include "common/json/codec.h"
#include "common/random_id/random_id.h"
#include "common/unix/file.h"
#include "daemon/volume/copy_tree.h"
#include "daemon/volume/mount_options.h"
#include "daemon/volume/plugin_driver.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::volume {
namespace {

constexpr char kLocal[] = "local";
constexpr char kAnonymousLabel[] = "com.docker.volume.anonymous";
// A volume on its way out: no volume's name can start with a dot.
constexpr char kTrash[] = ".removed-";

using StringMap = std::map<std::string, std::string>;

VolumeRecord ReadRow(const state::Stmt& row) {
  VolumeRecord record;
  record.name = row.Text(0);
  record.driver = row.Text(1);
  record.created_ns = row.Int(2);
  record.labels = FromJson<StringMap>(row.Text(3)).value_or({});
  record.options = FromJson<StringMap>(row.Text(4)).value_or({});
  record.anonymous = row.Bool(5);
  record.mountpoint = row.Text(6);
  return record;
}

constexpr char kColumns[] = "name, driver, created_ns, labels, options, anonymous, mountpoint";

Error InUse(const std::string& name, const std::vector<std::string>& users) {
  std::string list;
  for (const auto& user : users) list += (list.empty() ? "" : ", ") + user;
  return Conflict("remove " + name + ": volume is in use - [" + list + "]");
}

std::vector<std::string> FolderNames(const std::string& folder) {
  std::vector<std::string> names;
  DIR* dir = opendir(folder.c_str());
  if (dir == nullptr) return names;
  while (dirent* entry = readdir(dir)) names.push_back(entry->d_name);
  closedir(dir);
  return names;
}

// A creation that a crash cut short. Where there are data, they are somebody's (the database may be
// an older copy): never removed.
Status DropUnborn(const std::string& root, const std::string& name, state::Db& db) {
  if (name.starts_with(".")) return Ok();
  BUOY_ASSIGN(const bool known,
              db.Prepare("SELECT 1 FROM volumes WHERE name = ?").Bind(name).Step());
  if (known) return Ok();
  if (rmdir((root + "/" + name + "/_data").c_str()) != 0) return Ok();
  unlink((root + "/" + name + "/for").c_str());
  rmdir((root + "/" + name).c_str());
  return Ok();
}

// A removal that a crash cut short: finished when the database had forgotten the volume already,
// taken back when it had not.
Status FinishRemovals(const std::string& root, state::Db& db) {
  for (const auto& entry : FolderNames(root)) {
    if (!entry.starts_with(kTrash)) {
      BUOY_TRY(DropUnborn(root, entry, db));
      continue;
    }
    std::string name = entry.substr(sizeof kTrash - 1);
    auto known = db.Prepare("SELECT 1 FROM volumes WHERE name = ?").Bind(name).Step();
    if (!known.ok()) return known.error();
    if (*known && !PathExists(root + "/" + name)) {
      rename((root + "/" + entry).c_str(), (root + "/" + name).c_str());
    } else {
      BUOY_TRY(RemoveAll(root + "/" + entry));
    }
  }
  return Ok();
}

}  // namespace

Status CheckVolumeName(const std::string& name) {
  if (name.size() == 1) {
    return InvalidArgument(
        "volume name is too short, names should be at least two alphanumeric characters");
  }
  bool valid = !name.empty() && isalnum(static_cast<unsigned char>(name[0])) &&
               std::all_of(name.begin(), name.end(), [](unsigned char c) {
                 return isalnum(c) || c == '_' || c == '.' || c == '-';
               });
  if (valid && name.size() <= 255) return Ok();
  return InvalidArgument("\"" + name +
                         "\" includes invalid characters for a local volume name, only "
                         "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a "
                         "host directory, use absolute path");
}

Result<std::unique_ptr<VolumeStore>> VolumeStore::Open(const std::string& data_root,
                                                       state::Db& db) {
  std::string root = data_root + "/volumes";
  BUOY_TRY(MakeDirs(root, 0701));
  BUOY_TRY(FinishRemovals(root, db));
  std::unique_ptr<VolumeStore> store(new VolumeStore(root, db));
  auto row = db.Prepare("SELECT volume, reference FROM volume_mounts");
  while (true) {
    BUOY_ASSIGN(bool found, row.Step());
    if (!found) return store;
    store->stale_.emplace(row.Text(0), row.Text(1));
  }
}

VolumeStore::VolumeStore(std::string root, state::Db& db)
    : root_(std::move(root)), db_(db), plugins_(std::make_unique<PluginDrivers>()) {}

VolumeStore::~VolumeStore() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (give_back_.joinable()) give_back_.join();
}

std::string VolumeStore::Mountpoint(const std::string& name) const {
  return root_ + "/" + name + "/_data";
}

void VolumeStore::Emit(const std::string& action, const std::string& volume,
                       const std::map<std::string, std::string>& attributes) {
  if (events_) events_(action, volume, attributes);
}

Result<VolumeRecord> VolumeStore::Insert(VolumeRecord record) {
  record.created_ns = gotime::NowNs();
  if (record.anonymous) record.labels.emplace(kAnonymousLabel, "");
  BUOY_TRY(db_.Prepare("INSERT INTO volumes (name, driver, created_ns, labels, options, anonymous, "
                       "mountpoint) VALUES (?, ?, ?, ?, ?, ?, ?)")
               .Bind(record.name)
               .Bind(record.driver)
               .Bind(record.created_ns)
               .Bind(ToJson(record.labels))
               .Bind(ToJson(record.options))
               .Bind(record.anonymous)
               .Bind(record.mountpoint)
               .Run());
  failpoint::Hit("volume_create.row");
  return record;
}

Status VolumeStore::Forget(const std::string& name) {
  return db_.Prepare("DELETE FROM volumes WHERE name = ?").Bind(name).Run();
}

void VolumeStore::TakeReference(const CreateVolume& request, const std::string& name) {
  if (request.reference.empty()) return;
  std::lock_guard lock(mutex_);
  references_[request.reference].insert(name);
  ++taken_;
}

Result<VolumeRecord> VolumeStore::CreateLocal(const CreateVolume& request,
                                              const std::string& name) {
  BUOY_TRY(CheckVolumeName(name));
  std::lock_guard lock(mutex_);
  if (auto existing = Get(name); existing.ok()) return existing;  // made meanwhile
  BUOY_TRY(CheckLocalOptions(request.options));
  BUOY_TRY(MakeDirs(root_ + "/" + name, 0701));
  BUOY_TRY(MakeDirs(Mountpoint(name), 0755));
  // For whom it is made, until that container is known: see CollectUnknown().
  if (request.name.empty() && !request.reference.empty()) {
    BUOY_ASSIGN(Fd file, buoy::Open(root_ + "/" + name + "/for", O_WRONLY | O_CREAT, 0600));
    BUOY_TRY(WriteAll(file.get(), request.reference));
  }
  failpoint::Hit("volume_create.folder");
  return Insert({.name = name,
                 .labels = request.labels,
                 .options = request.options,
                 .anonymous = request.name.empty()});
}

Result<VolumeRecord> VolumeStore::Create(const CreateVolume& request) {
  const std::string name = request.name.empty() ? RandomId() : request.name;
  TakeReference(request, name);
  auto existing = Get(name);
  if (existing.ok()) {
    BUOY_ASSIGN_CONTEXT(auto kept, UseExisting(request, *existing), "create " + name);
    if (kept) return *kept;
  } else if (existing.error().kind() != ErrorKind::kNotFound) {
    return existing;
  }
  if (!request.name.empty() && request.driver.empty()) {
    if (auto found = ProbePlugins(name)) return *found;
  }
  const bool local = request.driver.empty() || request.driver == kLocal;
  BUOY_ASSIGN_CONTEXT(VolumeRecord record,
                      local ? CreateLocal(request, name) : CreateByPlugin(request, name),
                      "create " + name);
  Emit("create", name, {{"driver", record.driver}});
  return record;
}

Result<VolumeRecord> VolumeStore::Get(const std::string& name) {
  auto row = db_.Prepare(std::string("SELECT ") + kColumns + " FROM volumes WHERE name = ?");
  row.Bind(name);
  BUOY_ASSIGN(bool found, row.Step());
  if (!found) return NotFound("get " + name + ": no such volume");
  return ReadRow(row);
}

Result<std::vector<VolumeRecord>> VolumeStore::List() {
  auto row = db_.Prepare(std::string("SELECT ") + kColumns + " FROM volumes ORDER BY name");
  std::vector<VolumeRecord> records;
  while (true) {
    BUOY_ASSIGN(bool found, row.Step());
    if (!found) return records;
    records.push_back(ReadRow(row));
  }
}

std::vector<std::string> VolumeStore::Users(const std::string& name) {
  // References first: one released before we look is in the database by then.
  std::vector<std::string> users;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [reference, volumes] : references_) {
      if (volumes.contains(name)) users.push_back(reference);
    }
  }
  if (usage_ == nullptr) return users;
  for (auto& id : usage_->ContainersUsing(name)) {
    if (std::find(users.begin(), users.end(), id) == users.end()) users.push_back(std::move(id));
  }
  return users;
}

// Returns with `lock` held and nobody using the volume.
Status VolumeStore::CheckUnused(const std::string& name, std::unique_lock<std::mutex>& lock) {
  while (true) {
    lock.lock();
    uint64_t before = taken_;
    lock.unlock();
    if (auto users = Users(name); !users.empty()) return InUse(name, users);
    lock.lock();
    if (taken_ == before) break;
    lock.unlock();  // a container took some volume while we looked
  }
  auto mounted = mounted_by_.find(name);
  if (mounted == mounted_by_.end() || mounted->second.empty()) return Ok();
  return InUse(name, {mounted->second.begin(), mounted->second.end()});
}

// With mutex_ held.
Status VolumeStore::RemoveFolder(const std::string& name) {
  std::string data = Mountpoint(name);
  if (IsMountPoint(data) && umount2(data.c_str(), UMOUNT_NOFOLLOW) != 0) {
    return ErrnoError("umount " + data);
  }
  std::string folder = root_ + "/" + name, trash = root_ + "/" + kTrash + name;
  BUOY_TRY(RemoveAll(trash));
  if (rename(folder.c_str(), trash.c_str()) != 0 && errno != ENOENT) {
    return ErrnoError("rename " + folder);
  }
  failpoint::Hit("volume_rm.trash");
  if (auto deleted = Forget(name); !deleted.ok()) {
    rename(trash.c_str(), folder.c_str());
    return deleted;
  }
  failpoint::Hit("volume_rm.row");
  BUOY_TRY(RemoveAll(trash));
  failpoint::Hit("volume_rm.folder");
  return Ok();
}

Status VolumeStore::Remove(const std::string& name, bool force) {
  auto record = Get(name);
  if (!record.ok()) {
    if (auto found = ProbePlugins(name)) {
      record = *found;
    } else if (force && record.error().kind() == ErrorKind::kNotFound) {
      return Ok();
    } else {
      return record.error();
    }
  }
  if (record->driver != kLocal) {
    BUOY_TRY(RemoveByPlugin(*record, force));
  } else {
    std::unique_lock lock(mutex_, std::defer_lock);
    BUOY_TRY(CheckUnused(name, lock));
    BUOY_TRY_CONTEXT(RemoveFolder(name), "remove " + name);
    mounted_by_.erase(name);
  }
  Emit("destroy", name, {{"driver", record->driver}});
  return Ok();
}

void VolumeStore::Release(const std::string& reference) {
  std::lock_guard lock(mutex_);
  references_.erase(reference);
}

Status VolumeStore::CopyUp(const std::string& folder, int root_fd, const std::string& destination) {
  Fd volume(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!volume.valid()) return ErrnoError("open " + folder);
  if (!IsEmptyFolder(volume.get())) return Ok();
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  Fd source(static_cast<int>(syscall(SYS_openat2, root_fd, destination.c_str(), &how, sizeof how)));
  if (!source.valid()) {
    // Nothing there, or a file: an empty volume is what the image asks for.
    if (errno == ENOENT || errno == ENOTDIR) return Ok();
    return ErrnoError("failed to populate volume: open " + destination);
  }
  BUOY_TRY_CONTEXT(CopyTree(source.get(), volume.get()), "failed to populate volume");
  return Ok();
}

int64_t VolumeStore::Size(const std::string& name) {
  auto record = Get(name);
  if (!record.ok() || record->driver != kLocal || NeedsMount(record->options)) return -1;
  Fd folder(open(Mountpoint(name).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return folder.valid() ? TreeSize(folder.get()) : 0;
}

}  // namespace buoy::volume
