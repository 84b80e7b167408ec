#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/result/result.h"
#include "daemon/state/db.h"

namespace buoy::volume {

struct VolumeRecord {
  std::string name;
  std::string driver = "local";
  int64_t created_ns = 0;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> options;
  bool anonymous = false;
  std::string mountpoint;  // of a plugin's volume, as last heard; may be empty
};

// With what only a plugin knows.
struct VolumeDetails {
  VolumeRecord record;
  std::string scope = "local";
  std::string created_at;  // RFC 3339; empty = record.created_ns
  std::string status;      // a JSON object, or empty
};
struct VolumeListing {
  std::vector<VolumeDetails> volumes;  // by name
  std::vector<std::string> warnings;   // of plugins that do not answer
};

class PluginDriver;
class PluginDrivers;

// Who uses a volume; implemented by daemon/container. Called with no lock of the store held.
class VolumeUsage {
 public:
  virtual ~VolumeUsage() = default;
  // IDs of the containers, running or not, that have the volume mounted.
  virtual std::vector<std::string> ContainersUsing(const std::string& volume) = 0;
};

// Docker's volume events: create, destroy, mount, unmount, prune.
using VolumeEventSink = std::function<void(const std::string& action, const std::string& volume,
                                           const std::map<std::string, std::string>& attributes)>;

struct CreateVolume {
  std::string name;    // empty = anonymous, 64 hex digits are made up
  std::string driver;  // empty = local
  std::map<std::string, std::string> options;
  std::map<std::string, std::string> labels;
  // Not empty: the volume counts as used by this container from now on (see Release).
  std::string reference;
};

// Volumes of the local driver under <data-root>/volumes/<name>/_data, and those of plugins; all
// that were ever used are known to the database. Thread-safe.
//
// A plugin's volume is mounted once for each reference. The database knows it before the plugin
// does and forgets it after, so that whatever becomes of the daemon each mount is given back once:
// what a daemon left behind, or could not give back because the plugin was down, is given back when
// the plugin answers again.
class VolumeStore {
 public:
  ~VolumeStore();
  // `usage` and `db` must outlive the store; usage may be set later.
  static Result<std::unique_ptr<VolumeStore>> Open(const std::string& data_root, state::Db& db);

  void SetUsage(VolumeUsage* usage) { usage_ = usage; }
  void SetEventSink(VolumeEventSink sink) { events_ = std::move(sink); }

  // An existing volume of that name is returned as it is; with another driver it is kConflict.
  Result<VolumeRecord> Create(const CreateVolume& request);
  Result<VolumeRecord> Get(const std::string& name);  // kNotFound "get x: no such volume"
  Result<std::vector<VolumeRecord>> List();
  // These two ask the plugins, also for volumes that the database does not know.
  Result<VolumeDetails> Describe(const std::string& name);
  Result<VolumeListing> ListAll();
  // Names of the drivers in use: "local" and plugins.
  std::vector<std::string> DriverNames();
  // kConflict "remove x: volume is in use - [ids]"; `force` only hides that it does not exist.
  Status Remove(const std::string& name, bool force = false);

  // Between Create(reference) and the moment the container's row is in the database: VolumeUsage
  // takes over from then on.
  void Release(const std::string& reference);

  // <data-root>/volumes/<name>/_data.
  std::string Mountpoint(const std::string& name) const;

  // A container starts: the first user of a volume with options mounts it. Returns the folder to
  // bind. Repeated calls with the same reference count once.
  Result<std::string> Mount(const std::string& name, const std::string& reference);
  // The container ended: the last user unmounts it (never by force). Unknown references are fine.
  Status Unmount(const std::string& name, const std::string& reference);
  // After a daemon restart, for each container that still runs; then FinishRestore, before anything
  // else is unmounted: it gives back what nobody uses any more.
  void RestoreMount(const std::string& name, const std::string& reference);
  void FinishRestore();

  // Copies what the image has at `destination` (below `root_fd`, never leaving it) into the mounted
  // volume's folder if that is empty; owner and mode of the folder are taken over too. Nothing
  // there = nothing to do.
  static Status CopyUp(const std::string& folder, int root_fd, const std::string& destination);

  // IDs of the users, persisted or in the making.
  std::vector<std::string> Users(const std::string& name);
  // Bytes in the volume's folder (not crossing mounts); -1 when it is another file system.
  int64_t Size(const std::string& name);

  void Emit(const std::string& action, const std::string& volume,
            const std::map<std::string, std::string>& attributes);

 private:
  using MountKey = std::pair<std::string, std::string>;  // volume, reference

  VolumeStore(std::string root, state::Db& db);
  void TakeReference(const CreateVolume& request, const std::string& name);
  Result<VolumeRecord> Insert(VolumeRecord record);
  Status Forget(const std::string& name);
  Result<VolumeRecord> CreateLocal(const CreateVolume& request, const std::string& name);
  Result<VolumeRecord> CreateByPlugin(const CreateVolume& request, const std::string& name);
  // No value: the plugin has lost it, so that it is to be created anew.
  Result<std::optional<VolumeRecord>> UseExisting(const CreateVolume& request,
                                                  const VolumeRecord& existing);
  std::optional<VolumeRecord> ProbePlugins(const std::string& name);
  Status RemoveFolder(const std::string& name);
  Status RemoveByPlugin(const VolumeRecord& record, bool force);
  Status CheckUnused(const std::string& name, std::unique_lock<std::mutex>& lock);

  Status MountOptions(const VolumeRecord& volume);
  Status UnmountLocal(const std::string& name);  // mutex_ held
  Result<std::string> MountByPlugin(const VolumeRecord& record, const std::string& reference);
  // Asks the plugin; one that does not answer is asked again later.
  Status GiveBack(const MountKey& key);
  void GiveBackLoop();
  std::shared_ptr<std::mutex> VolumeLock(const std::string& name);

  std::string root_;  // <data-root>/volumes
  state::Db& db_;
  VolumeUsage* usage_ = nullptr;
  VolumeEventSink events_;
  std::unique_ptr<PluginDrivers> plugins_;
  // Held while a plugin is asked about the volume; before mutex_.
  std::map<std::string, std::weak_ptr<std::mutex>> volume_locks_;
  std::mutex mutex_;                                         // before the database's
  std::map<std::string, std::set<std::string>> references_;  // reference -> volumes
  uint64_t taken_ = 0;  // counts references, so that a removal sees one made meanwhile
  std::map<std::string, std::set<std::string>> mounted_by_;  // volume -> references
  std::set<MountKey> stale_;                                 // plugin mounts to give back
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread give_back_;
};

// kInvalidArgument with Docker's text unless `name` may name a local volume.
Status CheckVolumeName(const std::string& name);

}  // namespace buoy::volume
