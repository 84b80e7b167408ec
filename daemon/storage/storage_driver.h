#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/archive/stream.h"
#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::storage {

// One unpacked layer on disk. All IDs are "sha256:<hex>".
struct LayerInfo {
  std::string chain_id;         // names the layer together with everything below it
  std::string parent_chain_id;  // empty for the lowest
  std::string diff_id;          // digest of the uncompressed tar
  int64_t size = 0;             // bytes of the regular files of this layer alone
};

struct UnpackOptions {
  // Refuse what is not this diff ID; empty = take whatever comes.
  std::string expected_diff_id;
  // Bounds for hostile archives; 0 = none.
  uint64_t max_bytes = 0;
  uint64_t max_entries = 0;
};

// A layer unpacked into a temporary folder but not yet part of the store. Dropping it removes it.
class StagedLayer {
 public:
  virtual ~StagedLayer() = default;
  virtual const std::string& diff_id() const = 0;
  virtual int64_t size() const = 0;
};

enum class ChangeKind { kModified = 0, kAdded = 1, kDeleted = 2 };  // the API's numbers: C A D

struct Change {
  std::string path;  // absolute in the container
  ChangeKind kind;
};

// A look into a container's file system from outside, mounted or not; valid while it lives, also
// when the container is unmounted meanwhile. Resolve paths only with openat2(RESOLVE_IN_ROOT).
class RootfsView {
 public:
  virtual ~RootfsView() = default;
  virtual int root_fd() const = 0;  // O_PATH folder
};

// What the API shows as GraphDriver / Storage of a container or an image.
using DriverData = std::map<std::string, std::string>;

// Keeps layers and the containers' writable file systems under the data root. Thread-safe.
// Layers live until RemoveLayer: who uses them is the image store's business.
class StorageDriver {
 public:
  virtual ~StorageDriver() = default;
  // Docker's name of the driver: "overlay2" or "vfs".
  virtual std::string_view name() const = 0;
  // The rows of `docker info` under "Storage Driver", in order.
  virtual std::vector<std::pair<std::string, std::string>> StatusRows() const = 0;

  // --- Layers ---
  // Unpacks an uncompressed tar; several may run at once. Nothing is visible before CommitLayers.
  virtual Result<std::unique_ptr<StagedLayer>> StageLayer(ByteSource& tar,
                                                          const UnpackOptions& options) = 0;
  // Makes the layers durable and visible, lowest first, on top of `parent_chain_id` (may be
  // empty). A layer that is there already is kept as it is.
  virtual Result<std::vector<LayerInfo>> CommitLayers(
      const std::string& parent_chain_id, std::vector<std::unique_ptr<StagedLayer>> layers) = 0;
  virtual Result<LayerInfo> GetLayer(const std::string& chain_id) const = 0;  // kNotFound
  virtual Result<std::vector<std::string>> ListLayers() const = 0;            // chain IDs
  // The chain IDs from `chain_id` down to the lowest.
  virtual Result<std::vector<std::string>> LayerChain(const std::string& chain_id) const = 0;
  // What the layers down from `chain_id` show together, read-only and mounted nowhere yet; it lives
  // as long as the descriptor or until attached.
  virtual Result<Fd> OpenLayer(const std::string& chain_id) = 0;
  // A missing layer is no error. The caller knows that nothing stands on it.
  virtual Status RemoveLayer(const std::string& chain_id) = 0;
  // Layers without a recorded parent and what crashed unpacks left behind; call before any other.
  virtual Status CollectGarbage() = 0;

  // --- Check and repair ---
  // How the files of `chain_id` differ from `fresh`, the same layer unpacked anew; "" = not at all.
  virtual Result<std::string> CompareLayer(const std::string& chain_id, StagedLayer& fresh) = 0;
  // Puts `fresh` in the place of the layer's files; what was made of them for containers is made
  // anew when needed. kConflict while a container that stands on it is mounted.
  virtual Status ReplaceLayer(const std::string& chain_id, std::unique_ptr<StagedLayer> fresh) = 0;
  // What is wrong with a container's own file system or below it, "" = nothing.
  virtual std::string CheckContainer(const std::string& container_id) const = 0;

  // --- Containers ---
  // The layers that containers' file systems stand on, whatever became of their images.
  virtual Result<std::set<std::string>> LayersInUse() const = 0;
  // Creates containers/<id>/rw and the mount point on top of `chain_id` (empty = scratch).
  virtual Status PrepareContainerRootfs(const std::string& container_id,
                                        const std::string& chain_id) = 0;
  // Layers that the container mounts beside its own (images): in use as long as it exists.
  virtual Status HoldLayers(const std::string& container_id,
                            const std::vector<std::string>& chain_ids) = 0;
  // Mounts at containers/<id>/rootfs and returns that path. Mounted already = just the path.
  virtual Result<std::string> Mount(const std::string& container_id) = 0;
  // Lazily detaches; not mounted is no error.
  virtual Status Unmount(const std::string& container_id) = 0;
  virtual bool IsMounted(const std::string& container_id) const = 0;
  // Unmounts and deletes rw/ and rootfs/ (not the container's other files); missing = fine.
  virtual Status Remove(const std::string& container_id) = 0;
  // For cp, export, commit, stat: works whether or not the container runs.
  virtual Result<std::shared_ptr<RootfsView>> OpenRootfs(const std::string& container_id) = 0;
  // Sorted by path, as `docker diff` lists them.
  virtual Result<std::vector<Change>> Changes(const std::string& container_id) = 0;
  virtual Result<int64_t> ReadWriteSize(const std::string& container_id) = 0;
  // The writable layer as an OCI layer tar (whiteouts as .wh. files): commit.
  virtual Status WriteDiff(const std::string& container_id, ByteSink& tar) = 0;
  // The whole file system as a tar: export.
  virtual Status Export(const std::string& container_id, ByteSink& tar) = 0;
  virtual Result<DriverData> ContainerData(const std::string& container_id) const = 0;
  virtual Result<DriverData> LayerData(const std::string& chain_id) const = 0;
};

// The ID of a layer standing on `parent_chain_id` (may be empty).
std::string ChainId(const std::string& parent_chain_id, const std::string& diff_id);

}  // namespace buoy::storage
