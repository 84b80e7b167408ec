#include "daemon/image/removal_rules.h"

#include <set>

#include "common/digest/digest.h"

namespace buoy::image {

Error DeleteConflict::ToError(const std::string& image_id) const {
  return Conflict("conflict: unable to delete " + ShortId(image_id) + " (" +
                  (hard ? "cannot be forced" : "must be forced") + ") - " + reason);
}

std::optional<DeleteConflict> FindConflict(const ImageTies& ties, bool force,
                                           bool references_matter) {
  if (ties.has_children) {
    return DeleteConflict{true, false, "image has dependent child images"};
  }
  if (ties.running) {
    return DeleteConflict{
        true, true,
        "image is being used by running container " + ShortId(ties.running->container_id)};
  }
  if (force) return std::nullopt;
  if (references_matter && ties.has_references) {
    return DeleteConflict{false, false, "image is referenced in multiple repositories"};
  }
  if (ties.stopped) {
    return DeleteConflict{
        false, true,
        "image is being used by stopped container " + ShortId(ties.stopped->container_id)};
  }
  return std::nullopt;
}

bool IsSingleReference(const std::vector<Reference>& references) {
  if (references.size() <= 1) return true;
  const Reference* tag = nullptr;
  std::set<std::string> digest_names;
  for (const auto& reference : references) {
    if (reference.has_digest()) {
      digest_names.insert(reference.Name());
    } else if (tag == nullptr) {
      tag = &reference;
    } else {
      return false;
    }
  }
  const std::string name = tag != nullptr ? tag->Name() : references.front().Name();
  return digest_names.size() == 1 && digest_names.contains(name);
}

bool IsIdPrefix(const std::string& id, const std::string& text) {
  return id.starts_with(text) || DigestHex(id).starts_with(text);
}

std::vector<Reference> OrphanedDigests(const Reference& removed,
                                       const std::vector<Reference>& remaining) {
  std::vector<Reference> orphans;
  if (removed.has_digest()) return orphans;
  for (const auto& reference : remaining) {
    if (reference.Name() != removed.Name()) continue;
    if (!reference.has_digest()) return {};
    orphans.push_back(reference);
  }
  return orphans;
}

Error ReferenceInUse(const std::string& ref, const ImageUser& user, const std::string& image_id) {
  return Conflict("conflict: unable to remove repository reference \"" + ref +
                  "\" (must force) - container " + ShortId(user.container_id) +
                  " is using its referenced image " + ShortId(image_id));
}

}  // namespace buoy::image
