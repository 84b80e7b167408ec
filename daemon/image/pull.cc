#include <cerrno>
#include <shared_mutex>

#include "common/gotime/time.h"
#include "daemon/image/client_watch.h"
#include "daemon/image/downloads.h"
#include "daemon/image/image_service.h"
#include "daemon/image/puller.h"
#include "daemon/logging/log.h"
#include "daemon/registry/registry_service.h"

namespace buoy::image {

namespace {

// What is to be pulled: the query's tag or digest belongs to the name.
Result<Reference> Wanted(const api::ImagePullOptions& options) {
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(options.reference));
  if (options.all_tags) return reference.Trimmed();
  if (!options.tag.empty()) {
    return options.tag.find(':') != std::string::npos ? reference.Trimmed().WithDigest(options.tag)
                                                      : reference.Trimmed().WithTag(options.tag);
  }
  // A tag beside a digest says nothing.
  if (reference.has_digest()) return reference.Trimmed().WithDigest(reference.digest());
  return reference.WithDefaultTag();
}

}  // namespace

// `contents` is held: the image's parts stay until they have its row.
Result<bool> ImageService::RecordPulled(const Image& image, const Reference& reference,
                                        const std::string& digest) {
  std::lock_guard lock(changes_);
  BUOY_TRY(context_.store.Add(image));
  BUOY_ASSIGN(Reference by_digest, reference.Trimmed().WithDigest(digest));
  const bool known = context_.store.Find(reference) == image.id;
  if (!reference.has_digest() && !known) {
    BUOY_TRY(context_.store.SetReference(reference, image.id));
    BUOY_TRY(context_.store.TouchTagTime(image.id, gotime::NowNs()));
  }
  BUOY_TRY(context_.store.SetReference(by_digest, image.id));
  return !known;
}

Status ImageService::WarnOfPlatform(const Reference& reference, const Platform& want,
                                    const api::ProgressSink& progress) {
  BUOY_ASSIGN(Image image, context_.store.Resolve(reference.String()));
  const Platform have{image.config->OperatingSystem(), image.config->architecture,
                      image.config->variant};
  if (PlatformMatches(want, have)) return Ok();
  return progress(StatusLine("WARNING: image with reference " + reference.FamiliarString() +
                             " was found but its platform (" + have.String() +
                             ") does not match the specified platform (" + want.String() + ")"));
}

Status ImageService::Pull(const api::ImagePullOptions& options, const api::ProgressSink& progress) {
  BUOY_ASSIGN(Reference reference, Wanted(options));
  std::optional<Platform> platform;
  if (!options.platform.empty()) {
    BUOY_ASSIGN(platform, ParsePlatform(options.platform));
  }
  // As in Docker, credentials that cannot be read are none.
  auto decoded = registry::DecodeAuth(options.registry_auth);
  const auto credentials = decoded.ok() ? *decoded : distribution::Credentials{};
  distribution::CancelSource cancel;
  ClientWatch watch(options.client_gone, cancel);
  Puller::Hooks hooks;
  hooks.record = [this](const Image& image, const Reference& name, const std::string& digest) {
    return RecordPulled(image, name, digest);
  };
  hooks.progress = progress;
  Status outcome = Ok();
  {
    std::shared_lock lock(context_.contents);
    outcome = registries_->WithRepository(
        reference, "pull", credentials, &cancel,
        [&](const std::shared_ptr<distribution::Repository>& repository) {
          return Puller(context_, *downloads_, repository, platform, cancel, hooks).Pull(reference);
        });
  }
  if (!outcome.ok()) {
    if (outcome.error().sys_errno() == ENOSPC) downloads_->DropKept();
    CollectLeftovers();
    log::Error("Not continuing with pull after error: " + outcome.error().message());
    return PullError(std::move(outcome).error(), reference);
  }
  if (collect_pending_) CollectLeftovers();
  context_.Publish("pull", reference.FamiliarString(), reference.FamiliarName());
  if (platform && !reference.IsNameOnly()) return WarnOfPlatform(reference, *platform, progress);
  return Ok();
}

}  // namespace buoy::image
