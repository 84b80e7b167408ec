#pragma once

#include <memory>
#include <string>

#include "common/result/result.h"
#include "common/types/container.h"

namespace buoy::image {

// A container as `docker commit` needs it.
struct CommitContainer {
  std::string id;        // also its name in the storage driver
  std::string image_id;  // what it was created from
  types::ContainerConfig config;
};

// The containers, seen from `docker commit`. Thread-safe.
class CommitSource {
 public:
  virtual ~CommitSource() = default;
  // By name, id or prefix. kNotFound "No such container: x"; kConflict for one that is dead or
  // being removed.
  virtual Result<CommitContainer> Find(const std::string& ref) = 0;
  // Freezes the container if it runs and is not paused; dropping the result thaws it again.
  virtual Result<std::shared_ptr<void>> Freeze(const std::string& id) = 0;
  // Fills what `user` leaves open from the container's config, as a create does from the image's.
  virtual void Complete(types::ContainerConfig& user, const types::ContainerConfig& container) = 0;
  // The container's "commit" event. `reference` may be empty.
  virtual void Committed(const std::string& id, const std::string& image_id,
                         const std::string& reference, const std::string& comment) = 0;
};

}  // namespace buoy::image
