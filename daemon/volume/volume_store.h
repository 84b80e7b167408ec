#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
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
};

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

// Volumes of the local driver under <data-root>/volumes/<name>/_data, known to the database.
// Thread-safe.
class VolumeStore {
 public:
  // `usage` and `db` must outlive the store; usage may be set later.
  static Result<std::unique_ptr<VolumeStore>> Open(const std::string& data_root, state::Db& db);

  void SetUsage(VolumeUsage* usage) { usage_ = usage; }
  void SetEventSink(VolumeEventSink sink) { events_ = std::move(sink); }

  // An existing volume of that name is returned as it is; with another driver it is kConflict.
  Result<VolumeRecord> Create(const CreateVolume& request);
  Result<VolumeRecord> Get(const std::string& name);  // kNotFound "get x: no such volume"
  Result<std::vector<VolumeRecord>> List();
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
  // After a daemon restart, for each container that still runs.
  void RestoreMount(const std::string& name, const std::string& reference);

  // Copies what the image has at `destination` (below `root_fd`, never leaving it) into the volume
  // if that is empty; owner and mode of the folder are taken over too. Nothing there = nothing to do.
  Status CopyUp(const std::string& name, int root_fd, const std::string& destination);

  // IDs of the users, persisted or in the making.
  std::vector<std::string> Users(const std::string& name);
  // Bytes in the volume's folder (not crossing mounts); -1 when it is another file system.
  int64_t Size(const std::string& name);

  void Emit(const std::string& action, const std::string& volume,
            const std::map<std::string, std::string>& attributes);

 private:
  VolumeStore(std::string root, state::Db& db) : root_(std::move(root)), db_(db) {}
  Result<VolumeRecord> Insert(const CreateVolume& request, const std::string& name);
  Status MountOptions(const VolumeRecord& volume);

  std::string root_;  // <data-root>/volumes
  state::Db& db_;
  VolumeUsage* usage_ = nullptr;
  VolumeEventSink events_;
  std::mutex mutex_;  // before the database's
  std::map<std::string, std::set<std::string>> references_;  // reference -> volumes
  uint64_t taken_ = 0;  // counts references, so that a removal sees one made meanwhile
  std::map<std::string, std::set<std::string>> mounted_by_;  // volume -> references
};

// kInvalidArgument with Docker's text unless `name` may name a local volume.
Status CheckVolumeName(const std::string& name);

}  // namespace buoy::volume
