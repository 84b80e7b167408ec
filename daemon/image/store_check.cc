#include "daemon/image/store_check.h"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "common/archive/filters.h"
#include "common/digest/digest.h"
#include "common/json/codec.h"

namespace buoy::image {

namespace {

constexpr char kPullAgain[] = "pull or load the image again";

Result<std::string> ActualDigest(const BlobStore& blobs, const std::string& digest) {
  BUOY_ASSIGN(Fd fd, blobs.OpenBlob(digest));
  FdSource file(fd.get());
  HashingSource hashing(file);
  BUOY_TRY(hashing.Drain());
  return hashing.Digest();
}

}  // namespace

Result<CheckReport> StoreCheck::Run() {
  std::unique_lock alone(context_.contents, patience_);
  if (!alone.owns_lock()) {
    return Unavailable("images are being added or saved: try again when that is done");
  }
  // While nobody adds anything: what is unreachable now will not be reached.
  BUOY_TRY(FindUnreachable());
  std::shared_lock<std::shared_timed_mutex> beside;
  if (!repair_) {
    alone.unlock();
    beside = std::shared_lock(context_.contents);
  }
  BUOY_TRY(CheckDatabase());
  BUOY_TRY(CheckBlobs());
  BUOY_TRY(CheckImages());
  BUOY_TRY(CheckLayers());
  BUOY_TRY(CheckContainers());
  return std::move(report_);
}

std::vector<std::string> StoreCheck::NamesOf(const std::string& image_id) const {
  std::vector<std::string> names;
  for (const auto& reference : context_.store.References(image_id)) {
    if (!reference.has_digest()) names.push_back(reference.FamiliarString());
  }
  if (names.empty()) names.push_back(ShortId(image_id));
  return names;
}

bool StoreCheck::IsGood(const std::string& blob) const {
  return context_.blobs.Has(blob) && !bad_blobs_.contains(blob);
}

Status StoreCheck::FindUnreachable() {
  const auto used_blobs = context_.store.UsedBlobs();
  BUOY_ASSIGN(auto blobs, context_.blobs.List());
  for (const auto& blob : blobs) {
    if (used_blobs.contains(blob)) continue;
    if (repair_) BUOY_TRY(context_.blobs.Remove(blob));
    Add({"blob", blob, "no image refers to it", {}, repair_, repair_ ? "removed" : ""});
  }
  auto used = context_.store.UsedLayers();
  BUOY_ASSIGN(auto in_use, context_.storage.LayersInUse());
  used.merge(in_use);
  BUOY_ASSIGN(auto layers, context_.storage.ListLayers());
  for (const auto& layer : layers) {
    if (used.contains(layer)) continue;
    if (repair_) BUOY_TRY(context_.storage.RemoveLayer(layer));
    Add({"layer",
         layer,
         "no image and no container refers to it",
         {},
         repair_,
         repair_ ? "removed" : ""});
  }
  return Ok();
}

Status StoreCheck::CheckDatabase() {
  BUOY_ASSIGN(auto problems, context_.store.CheckDatabase());
  for (const auto& problem : problems) Add({"database", "buoy.db", problem, {}, false, ""});
  return Ok();
}

Status StoreCheck::CheckBlobs() {
  for (const auto& id : context_.store.Ids()) {
    const auto names = NamesOf(id);
    std::set<std::string> needed{id, context_.store.Manifest(id)};
    std::string parent;
    for (const auto& layer : context_.store.Layers(id)) {
      needed.insert({layer.blob, layer.chain_id});
      parents_[layer.chain_id] = parent;
      parent = layer.chain_id;
    }
    for (const auto& part : needed) {
      auto& users = users_[part];
      users.insert(users.end(), names.begin(), names.end());
    }
  }
  BUOY_ASSIGN(auto blobs, context_.blobs.List());
  for (const auto& blob : blobs) {
    if (!users_.contains(blob)) continue;
    ++report_.blobs;
    auto actual = ActualDigest(context_.blobs, blob);
    if (actual.ok() && *actual == blob) continue;
    bad_blobs_.insert(blob);
    Damage damage{"blob",       blob,  "",
                  users_[blob], false, "--repair removes it; then " + std::string(kPullAgain)};
    damage.problem = actual.ok() ? "its content has the digest " + *actual
                                 : "it cannot be read: " + actual.error().message();
    if (repair_) {
      BUOY_TRY(context_.blobs.Remove(blob));
      damage.repaired = true;
      damage.action = "removed";
    }
    Add(std::move(damage));
  }
  return Ok();
}

Status StoreCheck::CheckImages() {
  for (const auto& id : context_.store.Ids()) {
    ++report_.images;
    BUOY_TRY(CheckImage(id));
  }
  return Ok();
}

Status StoreCheck::CheckImage(const std::string& id) {
  const auto layers = context_.store.Layers(id);
  BUOY_TRY(CheckConfig(id, layers));
  const std::string manifest = context_.store.Manifest(id);
  if (!manifest.empty() && !IsGood(manifest)) {
    if (repair_) BUOY_TRY(context_.store.ForgetManifest(id));
    Add({"image", id, "its manifest " + manifest + " is lost", NamesOf(id), repair_,
         repair_ ? "forgotten: a push writes a new one" : ""});
  }
  for (const auto& layer : layers) {
    if (IsGood(layer.blob)) continue;
    Add({"image", id,
         "the blob " + layer.blob +
             " of a layer is lost: it runs, but cannot be saved "
             "or pushed",
         NamesOf(id), false, kPullAgain});
  }
  return Ok();
}

Status StoreCheck::CheckConfig(const std::string& id, const std::vector<ImageLayer>& layers) {
  Damage damage{"image", id, "", NamesOf(id), false, ""};
  std::vector<std::string> diff_ids;
  for (const auto& layer : layers) diff_ids.push_back(layer.diff_id);
  if (!IsGood(id)) {
    damage.problem = "its config is lost";
  } else {
    BUOY_ASSIGN(std::string text, context_.blobs.Read(id));
    auto config = ParseImageConfig(text);
    if (!config.ok()) {
      damage.problem = "its config is malformed: " + config.error().message();
    } else if (config->diff_ids != diff_ids) {
      damage.problem = "its layers are not those of its config";
    }
  }
  return damage.problem.empty() ? Ok() : DropImage(id, std::move(damage));
}

Status StoreCheck::DropImage(const std::string& id, Damage damage) {
  damage.action = kPullAgain;
  const bool used = context_.usage != nullptr && !context_.usage->ContainersOfImage(id).empty();
  if (repair_ && !used && context_.store.Children(id).empty()) {
    for (const auto& name : context_.store.References(id)) {
      BUOY_TRY(context_.store.RemoveReference(name));
    }
    BUOY_TRY(context_.store.Delete(id));
    damage.repaired = true;
    damage.action = std::string("dropped: ") + kPullAgain;
  }
  Add(std::move(damage));
  return Ok();
}

Status StoreCheck::CheckLayers() {
  std::set<std::string> seen;
  for (const auto& id : context_.store.Ids()) {
    // The lowest first, as those above stand on them.
    for (const auto& layer : context_.store.Layers(id)) {
      if (!seen.insert(layer.chain_id).second) continue;
      ++report_.layers;
      BUOY_TRY(CheckLayer(layer));
    }
  }
  return Ok();
}

Status StoreCheck::CheckLayer(const ImageLayer& layer) {
  Damage damage{"layer", layer.chain_id, "", users_[layer.chain_id], false, ""};
  const bool known = context_.storage.GetLayer(layer.chain_id).ok();
  if (!known) damage.problem = "it is missing";
  if (!IsGood(layer.blob)) {  // nothing to compare with
    if (known) return Ok();
    damage.action = kPullAgain;
    Add(std::move(damage));
    return Ok();
  }
  auto fresh = StageLayerOf(context_, layer);
  if (!fresh.ok() && fresh.error().sys_errno() == ENOSPC) {
    return std::move(fresh).error().Context("no room to unpack a layer for comparison");
  }
  if (!fresh.ok()) {
    damage.problem = "its blob cannot be unpacked: " + fresh.error().message();
    Add(std::move(damage));
    return Ok();
  }
  if (known) {
    BUOY_ASSIGN(damage.problem, context_.storage.CompareLayer(layer.chain_id, **fresh));
    if (damage.problem.empty()) return Ok();
  }
  damage.action = "--repair unpacks it again";
  if (repair_) BUOY_TRY(RepairLayer(layer, *std::move(fresh), damage));
  Add(std::move(damage));
  return Ok();
}

Status StoreCheck::RepairLayer(const ImageLayer& layer, std::unique_ptr<storage::StagedLayer> fresh,
                               Damage& damage) {
  Status done;
  if (context_.storage.GetLayer(layer.chain_id).ok()) {
    done = context_.storage.ReplaceLayer(layer.chain_id, std::move(fresh));
  } else {
    std::vector<std::unique_ptr<storage::StagedLayer>> layers;
    layers.push_back(std::move(fresh));
    auto committed = context_.storage.CommitLayers(parents_[layer.chain_id], std::move(layers));
    if (!committed.ok()) done = std::move(committed).error();
  }
  damage.repaired = done.ok();
  damage.action = done.ok() ? "unpacked again from its blob" : done.error().message();
  return Ok();
}

Status StoreCheck::CheckContainers() {
  if (context_.usage == nullptr) return Ok();
  for (const auto& id : context_.usage->AllContainers()) {
    ++report_.containers;
    std::string problem = context_.storage.CheckContainer(id);
    if (problem.empty()) continue;
    Add({"container", id, std::move(problem), {ShortId(id)}, false, "remove the container"});
  }
  return Ok();
}

std::string CheckReportJson(const CheckReport& report) {
  json::Json damages = json::Json::array();
  for (const auto& damage : report.damages) {
    damages.push_back({{"Kind", damage.kind},
                       {"ID", damage.id},
                       {"Problem", damage.problem},
                       {"Affects", damage.affects},
                       {"Repaired", damage.repaired},
                       {"Action", damage.action}});
  }
  json::Json answer;
  answer["Blobs"] = report.blobs;
  answer["Layers"] = report.layers;
  answer["Images"] = report.images;
  answer["Containers"] = report.containers;
  answer["Damages"] = std::move(damages);
  return answer.dump(-1, ' ', false, json::Json::error_handler_t::replace);
}

}  // namespace buoy::image
