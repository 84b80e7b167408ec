#include "daemon/server/links.h"

#include "daemon/container/merge_config.h"

namespace buoy::server {

Result<image::CommitContainer> CommitLink::Find(const std::string& ref) {
  BUOY_ASSIGN(container::ContainerData data, containers_.Data(ref));
  if (data.state == container::State::kDead) {
    return Conflict("You cannot commit container " + data.id + " which is Dead");
  }
  if (data.state == container::State::kRemoving) {
    return Conflict("You cannot commit container " + data.id + " which is being removed");
  }
  return image::CommitContainer{data.id, data.image_id, data.config};
}

Result<std::shared_ptr<void>> CommitLink::Freeze(const std::string& id) {
  BUOY_ASSIGN(container::ContainerData data, containers_.Data(id));
  if (data.state != container::State::kRunning) return std::shared_ptr<void>();
  BUOY_TRY(containers_.Pause(id));
  return std::shared_ptr<void>(&containers_, [this, id](void*) { (void)containers_.Unpause(id); });
}

void CommitLink::Complete(types::ContainerConfig& user, const types::ContainerConfig& container) {
  container::MergeImageConfig(user, container);
}

void CommitLink::Committed(const std::string& id, const std::string& image_id,
                           const std::string& reference, const std::string& comment) {
  containers_.Publish(id, "commit",
                      {{"comment", comment}, {"imageID", image_id}, {"imageRef", reference}});
}

}  // namespace buoy::server
