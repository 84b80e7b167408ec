#include <algorithm>
#include <shared_mutex>

#include "daemon/image/image_service.h"
#include "daemon/image/save_writer.h"

namespace buoy::image {

namespace {

// What is to be saved, each image once, with the tags it was asked by.
class Selection {
 public:
  explicit Selection(const ImageStore& store) : store_(store) {}

  // A name alone stands for all its tags.
  Status Add(const std::string& ref) {
    std::string digest;
    if (!Reference::IsIdentifier(ref, &digest)) {
      BUOY_ASSIGN(Reference name, Reference::ParseNormalized(ref));
      if (name.IsNameOnly()) {
        const auto found = store_.FindByName(name);
        for (const auto& [reference, id] : found) BUOY_TRY(Put(id, reference));
        if (!found.empty()) return Ok();
      } else {
        auto id = store_.Find(name);
        return id ? Put(*id, name) : NotFound("reference does not exist");
      }
    }
    auto image = store_.Resolve(ref);
    if (image.ok()) return Put(image->id, std::nullopt);
    if (image.error().kind() != ErrorKind::kNotFound) return std::move(image).error();
    return NotFound("No such image: " + ref);
  }
  std::vector<SavedImage> Take() { return std::move(images_); }

 private:
  Status Put(const std::string& id, const std::optional<Reference>& name) {
    auto at = std::find_if(images_.begin(), images_.end(),
                           [&](const SavedImage& saved) { return saved.image.id == id; });
    if (at == images_.end()) {
      SavedImage saved;
      BUOY_ASSIGN(saved.image, store_.Get(id));
      at = images_.insert(images_.end(), std::move(saved));
    }
    if (!name || name->has_digest()) return Ok();
    if (std::find(at->tags.begin(), at->tags.end(), *name) == at->tags.end()) {
      at->tags.push_back(*name);
    }
    return Ok();
  }

  const ImageStore& store_;
  std::vector<SavedImage> images_;
};

Status CheckPlatform(const std::string& wanted, const std::vector<SavedImage>& images) {
  if (wanted.empty()) return Ok();
  BUOY_ASSIGN(Platform want, ParsePlatform(wanted));
  for (const auto& saved : images) {
    const ImageConfig& config = *saved.image.config;
    const Platform have{config.OperatingSystem(), config.architecture, config.variant};
    if (PlatformMatches(want, have)) continue;
    const std::string name =
        saved.tags.empty() ? saved.image.id : saved.tags.front().FamiliarString();
    return NotFound("image with reference " + name + " was found but its platform (" +
                    have.String() + ") does not match the specified platform (" + want.String() +
                    ")");
  }
  return Ok();
}

}  // namespace

Status ImageService::Save(const std::vector<std::string>& refs, const std::string& platform,
                          const std::function<Result<ByteSink*>()>& begin) {
  std::vector<std::string> ids;
  {
    std::shared_lock lock(context_.contents);  // keeps the blobs, whatever is removed meanwhile
    Selection selection(context_.store);
    for (const auto& ref : refs) BUOY_TRY(selection.Add(ref));
    auto images = selection.Take();
    BUOY_TRY(CheckPlatform(platform, images));
    for (const auto& saved : images) ids.push_back(saved.image.id);
    SaveWriter writer(context_);
    BUOY_TRY(writer.Prepare(std::move(images)));
    BUOY_ASSIGN(ByteSink * out, begin());
    BUOY_TRY(writer.Write(*out));
  }
  for (const auto& id : ids) context_.Publish("save", id, id);
  if (collect_pending_) CollectLeftovers();
  return Ok();
}

}  // namespace buoy::image
