#include <shared_mutex>

#include "daemon/image/client_watch.h"
#include "daemon/image/downloads.h"
#include "daemon/image/image_service.h"
#include "daemon/image/pusher.h"
#include "daemon/logging/log.h"
#include "daemon/registry/registry_service.h"

namespace buoy::image {

namespace {

struct TaggedImage {
  std::string tag;
  Image image;
};

Result<Reference> NameOf(const api::ImagePushOptions& options) {
  BUOY_ASSIGN(Reference name, Reference::ParseNormalized(options.reference));
  if (options.tag.empty()) return name;
  return name.Trimmed().WithTag(options.tag);
}

}  // namespace

Status ImageService::RecordPushed(const Reference& name, const std::string& digest,
                                  const std::string& id) {
  std::lock_guard lock(changes_);
  BUOY_ASSIGN(Reference by_digest, name.Trimmed().WithDigest(digest));
  auto recorded = context_.store.SetReference(by_digest, id);
  return recorded.ok() ? Ok() : Status(std::move(recorded).error());
}

Status ImageService::Push(const api::ImagePushOptions& options, const api::ProgressSink& progress) {
  BUOY_ASSIGN(Reference name, NameOf(options));
  BUOY_ASSIGN(auto credentials, registry::DecodeAuth(options.registry_auth));
  BUOY_TRY(progress(StatusLine("The push refers to repository [" + name.Name() + "]")));
  std::shared_lock contents(context_.contents);  // keeps the blobs, whatever is removed meanwhile
  const auto named = context_.store.FindByName(name.Trimmed());
  if (named.empty()) {
    return NotFound("An image does not exist locally with the tag: " + name.FamiliarName());
  }
  if (name.has_digest()) return InvalidArgument("cannot push a digest reference");
  std::vector<TaggedImage> images;
  for (const auto& [reference, id] : named) {
    if (!reference.has_tag() || (name.has_tag() && reference.tag() != name.tag())) continue;
    BUOY_ASSIGN(Image image, context_.store.Get(id));
    images.push_back({reference.tag(), std::move(image)});
  }
  if (images.empty()) {
    return name.has_tag() ? NotFound("tag does not exist: " + name.FamiliarString())
                          : NotFound("no tags to push for " + name.FamiliarName());
  }
  distribution::CancelSource cancel;
  ClientWatch watch(options.client_gone, cancel);
  const int max_uploads = registries_->settings().max_uploads;
  Status outcome = registries_->WithRepository(
      name, "push,pull", credentials, &cancel,
      [&](const std::shared_ptr<distribution::Repository>& repository) -> Status {
        Pusher pusher(context_, repository, name, max_uploads, cancel, progress);
        for (const auto& [tag, image] : images) {
          BUOY_ASSIGN(std::string digest, pusher.Push(image, tag));
          BUOY_TRY(RecordPushed(name, digest, image.id));
        }
        return Ok();
      });
  contents.unlock();
  if (!outcome.ok()) {
    CollectLeftovers();
    log::Error("Not continuing with push after error: " + outcome.error().message());
    return outcome;
  }
  if (collect_pending_) CollectLeftovers();
  context_.Publish("push", name.FamiliarString(), name.FamiliarName());
  return Ok();
}

}  // namespace buoy::image
