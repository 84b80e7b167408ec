#include "common/digest/digest.h"
#include "common/unix/cleanup.h"
#include "daemon/image/downloads.h"
#include "daemon/image/image_filter.h"
#include "daemon/image/image_service.h"
#include "daemon/image/removal.h"
#include "daemon/image/store_check.h"

namespace buoy::image {

namespace {

// Removes one image whole, by its names when it has some. Conflicts leave it.
void PruneOne(Removal& removal, const Image& image, const std::vector<Reference>& references) {
  if (references.empty()) {
    (void)removal.Remove(DigestHex(image.id), false, true);
    return;
  }
  for (const auto& reference : references) {
    if (!removal.Remove(reference.String(), false, true).ok()) return;
  }
}

}  // namespace

Result<types::ImagesPruneReport> ImageService::Prune(const api::Filters& filters) {
  if (pruning_.exchange(true)) return Conflict("a prune operation is already running");
  Cleanup done([this] { pruning_ = false; });
  BUOY_ASSIGN(auto filter, PruneFilter::Parse(filters, gotime::Now()));
  Removal removal(context_);
  for (const auto& image : context_.store.List()) {
    std::lock_guard lock(changes_);
    // It may have got a name, a child or a container since it was listed.
    if (!context_.store.Get(image.id).ok()) continue;
    auto references = context_.store.References(image.id);
    FilterSubject subject{image.config->created, &image.config->config.labels, references,
                          !context_.store.Children(image.id).empty()};
    if (!filter.Match(subject)) continue;
    // An image in use keeps all its names, not only the last one.
    if (context_.usage != nullptr && !context_.usage->ContainersOfImage(image.id).empty()) continue;
    PruneOne(removal, image, references);
  }
  std::vector<std::string> removed;
  if (removal.deleted_any()) removed = Collect();
  downloads_->DropKept();  // what cancelled pulls left
  int64_t bytes = 0;
  types::ImagesPruneReport report;
  report.images_deleted = removal.Report(removed, &bytes);
  report.space_reclaimed = static_cast<uint64_t>(bytes);
  types::Event event;
  event.type = "image";
  event.action = "prune";
  event.actor.attributes["reclaimed"] = std::to_string(bytes);
  context_.events.Publish(std::move(event));
  return report;
}

Result<std::string> ImageService::Check(bool repair) {
  BUOY_ASSIGN(CheckReport report, StoreCheck(context_, repair).Run());
  // What repairs have made unreachable: the parts of dropped images.
  if (repair || collect_pending_) CollectLeftovers();
  return CheckReportJson(report);
}

}  // namespace buoy::image
