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

namespace buoy::volume {
namespace {

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
  return record;
}

constexpr char kColumns[] = "name, driver, created_ns, labels, options, anonymous";

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

// A removal that a crash cut short: finished when the database had forgotten the volume already,
// taken back when it had not.
Status FinishRemovals(const std::string& root, state::Db& db) {
  for (const auto& entry : FolderNames(root)) {
    if (!entry.starts_with(kTrash)) continue;
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
  return std::unique_ptr<VolumeStore>(new VolumeStore(root, db));
}

std::string VolumeStore::Mountpoint(const std::string& name) const {
  return root_ + "/" + name + "/_data";
}

void VolumeStore::Emit(const std::string& action, const std::string& volume,
                       const std::map<std::string, std::string>& attributes) {
  if (events_) events_(action, volume, attributes);
}

Result<VolumeRecord> VolumeStore::Insert(const CreateVolume& request, const std::string& name) {
  VolumeRecord record;
  record.name = name;
  record.created_ns = gotime::NowNs();
  record.labels = request.labels;
  record.options = request.options;
  record.anonymous = request.name.empty();
  if (record.anonymous) record.labels.emplace(kAnonymousLabel, "");
  BUOY_TRY(MakeDirs(root_ + "/" + name, 0701));
  BUOY_TRY(MakeDirs(Mountpoint(name), 0755));
  BUOY_TRY(db_.Prepare("INSERT INTO volumes (name, driver, created_ns, labels, options, anonymous) "
                       "VALUES (?, ?, ?, ?, ?, ?)")
               .Bind(name)
               .Bind(record.driver)
               .Bind(record.created_ns)
               .Bind(ToJson(record.labels))
               .Bind(ToJson(record.options))
               .Bind(record.anonymous)
               .Run());
  return record;
}

Result<VolumeRecord> VolumeStore::Create(const CreateVolume& request) {
  std::string name = request.name.empty() ? RandomId() : request.name;
  if (!request.driver.empty() && request.driver != "local") {
    return NotFound("create " + name + ": error looking up volume plugin " + request.driver +
                    ": plugin \"" + request.driver + "\" not found");
  }
  BUOY_TRY_CONTEXT(CheckVolumeName(name), "create " + name);
  VolumeRecord record;
  {
    std::lock_guard lock(mutex_);
    auto existing = Get(name);
    bool known = existing.ok();
    if (!known && existing.error().kind() != ErrorKind::kNotFound) return existing;
    if (!request.reference.empty()) {
      references_[request.reference].insert(name);
      ++taken_;
    }
    if (known) return existing;
    BUOY_TRY_CONTEXT(CheckLocalOptions(request.options), "create " + name);
    BUOY_ASSIGN_CONTEXT(record, Insert(request, name), "create " + name);
  }
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

Status VolumeStore::Remove(const std::string& name, bool force) {
  auto record = Get(name);
  if (!record.ok()) {
    if (force && record.error().kind() == ErrorKind::kNotFound) return Ok();
    return record.error();
  }
  while (true) {
    std::unique_lock lock(mutex_);
    uint64_t before = taken_;
    lock.unlock();
    if (auto users = Users(name); !users.empty()) return InUse(name, users);
    lock.lock();
    if (taken_ != before) continue;  // a container took some volume while we looked
    auto mounted = mounted_by_.find(name);
    if (mounted != mounted_by_.end() && !mounted->second.empty()) {
      return InUse(name, {mounted->second.begin(), mounted->second.end()});
    }
    std::string data = Mountpoint(name);
    if (IsMountPoint(data) && umount2(data.c_str(), UMOUNT_NOFOLLOW) != 0) {
      return ErrnoError("remove " + name + ": umount " + data);
    }
    std::string folder = root_ + "/" + name, trash = root_ + "/" + kTrash + name;
    BUOY_TRY(RemoveAll(trash));
    if (rename(folder.c_str(), trash.c_str()) != 0 && errno != ENOENT) {
      return ErrnoError("remove " + name);
    }
    auto deleted = db_.Prepare("DELETE FROM volumes WHERE name = ?").Bind(name).Run();
    if (!deleted.ok()) {
      rename(trash.c_str(), folder.c_str());
      return deleted;
    }
    BUOY_TRY(RemoveAll(trash));
    mounted_by_.erase(name);
    break;
  }
  Emit("destroy", name, {{"driver", record->driver}});
  return Ok();
}

void VolumeStore::Release(const std::string& reference) {
  std::lock_guard lock(mutex_);
  references_.erase(reference);
}

Status VolumeStore::MountOptions(const VolumeRecord& volume) {
  std::string data = Mountpoint(volume.name);
  if (!NeedsMount(volume.options) || IsMountPoint(data)) return Ok();
  BUOY_ASSIGN(LocalMount mount, ParseLocalMount(volume.options));
  return MountLocal(mount, data);
}

Result<std::string> VolumeStore::Mount(const std::string& name, const std::string& reference) {
  BUOY_ASSIGN(VolumeRecord record, Get(name));
  std::string data = Mountpoint(name);
  std::lock_guard lock(mutex_);
  BUOY_TRY(MakeDirs(data, 0755));
  BUOY_TRY_CONTEXT(MountOptions(record), "error while mounting volume '" + data + "'");
  mounted_by_[name].insert(reference);
  return data;
}

Status VolumeStore::Unmount(const std::string& name, const std::string& reference) {
  std::lock_guard lock(mutex_);
  auto mounted = mounted_by_.find(name);
  if (mounted == mounted_by_.end() || mounted->second.erase(reference) == 0) return Ok();
  if (!mounted->second.empty()) return Ok();
  mounted_by_.erase(mounted);
  auto record = Get(name);
  std::string data = Mountpoint(name);
  if (!record.ok() || !NeedsMount(record->options) || !IsMountPoint(data)) return Ok();
  // Busy = somebody outside our books uses it: it stays for the next user.
  if (umount2(data.c_str(), UMOUNT_NOFOLLOW) != 0 && errno != EBUSY) {
    return ErrnoError("error unmounting volume " + name);
  }
  return Ok();
}

void VolumeStore::RestoreMount(const std::string& name, const std::string& reference) {
  std::lock_guard lock(mutex_);
  mounted_by_[name].insert(reference);
}

Status VolumeStore::CopyUp(const std::string& name, int root_fd, const std::string& destination) {
  Fd volume(open(Mountpoint(name).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!volume.valid()) return ErrnoError("open " + Mountpoint(name));
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
  if (!record.ok() || NeedsMount(record->options)) return -1;
  Fd folder(open(Mountpoint(name).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return folder.valid() ? TreeSize(folder.get()) : 0;
}

}  // namespace buoy::volume
