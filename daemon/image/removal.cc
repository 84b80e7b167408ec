#include "daemon/image/removal.h"

#include <algorithm>
#include <set>

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::image {

ImageTies Removal::TiesOf(const std::string& id) const {
  ImageTies ties;
  ties.has_children = !context_.store.Children(id).empty();
  ties.has_references = !context_.store.References(id).empty();
  if (context_.usage == nullptr) return ties;
  for (const auto& user : context_.usage->ContainersOfImage(id)) {
    auto& slot = user.running ? ties.running : ties.stopped;
    if (!slot) slot = ImageUser{user.container_id};
  }
  return ties;
}

Status Removal::Untag(const Reference& reference, const std::string& id) {
  BUOY_TRY(context_.store.RemoveReference(reference));
  context_.Publish("untag", id, id);
  records_.push_back({reference.FamiliarString(), ""});
  return Ok();
}

Status Removal::Remove(const std::string& ref, bool force, bool prune_parents) {
  BUOY_ASSIGN(Image image, context_.store.Resolve(ref));
  if (IsIdPrefix(image.id, ref)) {
    BUOY_TRY(RemoveOnlyReferences(image, force));
    return Delete(image.id, force, prune_parents, false);
  }
  BUOY_ASSIGN(bool done, RemoveReference(image, ref, force));
  return done ? Ok() : Delete(image.id, force, prune_parents, true);
}

Result<bool> Removal::RemoveReference(const Image& image, const std::string& ref, bool force) {
  if (!force && IsSingleReference(context_.store.References(image.id))) {
    const ImageTies ties = TiesOf(image.id);
    if (auto user = ties.running ? ties.running : ties.stopped) {
      return ReferenceInUse(ref, *user, image.id);
    }
  }
  BUOY_ASSIGN(Reference parsed, Reference::ParseNormalized(ref));
  if (!parsed.has_digest()) {
    parsed = parsed.WithDefaultTag();
  } else {
    BUOY_ASSIGN(parsed, parsed.Trimmed().WithDigest(parsed.digest()));
  }
  BUOY_TRY(Untag(parsed, image.id));
  for (const auto& orphan : OrphanedDigests(parsed, context_.store.References(image.id))) {
    BUOY_TRY(Untag(orphan, image.id));
  }
  return !context_.store.References(image.id).empty();
}

Status Removal::RemoveOnlyReferences(const Image& image, bool force) {
  const auto references = context_.store.References(image.id);
  if (!IsSingleReference(references)) return Ok();
  if (auto conflict = FindConflict(TiesOf(image.id), force, false)) {
    return conflict->ToError(image.id);
  }
  for (const auto& reference : references) BUOY_TRY(Untag(reference, image.id));
  return Ok();
}

Status Removal::Delete(const std::string& id, bool force, bool prune_parents, bool quiet) {
  const ImageTies ties = TiesOf(id);
  if (auto conflict = FindConflict(ties, force)) {
    const bool dangling = !ties.has_references && !ties.has_children;
    if (quiet && (!dangling || conflict->used)) return Ok();
    return conflict->ToError(id);
  }
  BUOY_ASSIGN(Image image, context_.store.Get(id));
  for (const auto& reference : context_.store.References(id)) BUOY_TRY(Untag(reference, id));
  failpoint::Hit("rmi.names");
  BUOY_TRY(context_.store.Delete(id));
  failpoint::Hit("rmi.row");
  context_.Publish("delete", id, id);
  deleted_.push_back({records_.size(), std::move(image.layers)});
  records_.push_back({"", id});
  if (!prune_parents || image.parent.empty()) return Ok();
  if (!context_.store.Get(image.parent).ok()) return Ok();
  return Delete(image.parent, false, true, true);
}

std::vector<types::ImageDeleteItem> Removal::Report(const std::vector<std::string>& removed,
                                                    int64_t* bytes) const {
  std::set<std::string> left(removed.begin(), removed.end());
  std::vector<types::ImageDeleteItem> report;
  auto deleted = deleted_.begin();
  for (size_t i = 0; i < records_.size(); ++i) {
    report.push_back(records_[i]);
    if (deleted == deleted_.end() || deleted->record != i) continue;
    for (auto layer = deleted->layers.rbegin(); layer != deleted->layers.rend(); ++layer) {
      if (left.erase(layer->chain_id) == 0) continue;
      report.push_back({"", layer->chain_id});
      if (bytes != nullptr) *bytes += layer->size;
    }
    ++deleted;
  }
  return report;
}

}  // namespace buoy::image
