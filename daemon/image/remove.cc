#include "daemon/image/image_service.h"
#include "daemon/image/removal.h"
#include "daemon/logging/log.h"

namespace buoy::image {

std::vector<std::string> ImageService::Collect() {
  auto removed = CollectUnused(context_);
  // What could not be removed is found again by the next collection, at the next start at last.
  if (!removed.ok()) {
    log::Warn("cannot remove unused image layers", {{"error", removed.error().message()}});
    return {};
  }
  if (!*removed) {
    collect_pending_ = true;
    return {};
  }
  return **std::move(removed);
}

void ImageService::CollectLeftovers() {
  collect_pending_ = false;
  (void)Collect();
}

Result<std::vector<types::ImageDeleteItem>> ImageService::Remove(const std::string& ref, bool force,
                                                                 bool no_prune) {
  Removal removal(context_);
  Status status;
  {
    std::lock_guard lock(changes_);
    status = removal.Remove(ref, force, !no_prune);
  }
  std::vector<std::string> removed;
  if (removal.deleted_any()) removed = Collect();
  BUOY_TRY(std::move(status));
  return removal.Report(removed);
}

}  // namespace buoy::image
