#include "common/gotime/time.h"
#include "daemon/image/image_service.h"

namespace buoy::image {

Result<std::optional<Reference>> ParseRepoTag(const std::string& repo, const std::string& tag) {
  if (repo.empty()) return std::optional<Reference>();
  BUOY_ASSIGN(Reference name, Reference::ParseNormalized(repo));
  if (name.has_digest()) return InvalidArgument("cannot import digest reference");
  if (tag.empty()) return std::optional(name.WithDefaultTag());
  BUOY_ASSIGN(Reference tagged, name.WithTag(tag));
  return std::optional(std::move(tagged));
}

Status ImageService::Tag(const std::string& ref, const std::string& repo, const std::string& tag) {
  BUOY_ASSIGN(auto name, ParseRepoTag(repo, tag));
  if (!name) return InvalidArgument("repository name must have at least one component");
  if (name->FamiliarName() == "sha256") {
    return InvalidArgument("refusing to create an ambiguous tag using digest algorithm as name");
  }
  std::lock_guard lock(changes_);
  BUOY_ASSIGN(Image image, context_.store.Resolve(ref));
  return SetTag(image.id, *name);
}

Status ImageService::SetTag(const std::string& id, const Reference& name) {
  BUOY_TRY(context_.store.SetReference(name, id));
  BUOY_TRY(context_.store.TouchTagTime(id, gotime::NowNs()));
  context_.Publish("tag", id, name.FamiliarString());
  return Ok();
}

}  // namespace buoy::image
