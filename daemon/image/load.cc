#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "common/digest/digest.h"
#include "daemon/image/image_service.h"
#include "daemon/image/load_archive.h"
#include "daemon/image/progress_lines.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::image {

namespace {

// Brings an archive's images into the store, one after the other.
class Loader {
 public:
  Loader(const Context& context, LoadArchive& archive, bool quiet, const ProgressSink& progress)
      : context_(context), archive_(archive), quiet_(quiet), progress_(progress) {}

  // Puts all parts of the image in place, but for its row. The caller holds `contents` shared.
  Result<Image> Install(const ArchivedImage& item);
  Status Say(const std::string& line) {
    std::lock_guard lock(mutex_);
    return progress_(line);
  }

 private:
  Result<std::vector<LayerInput>> Inputs(const ArchivedImage& item, const ImageConfig& config,
                                         bool* as_it_came);

  const Context& context_;
  LoadArchive& archive_;
  const bool quiet_;
  const ProgressSink& progress_;
  std::mutex mutex_;
};

Result<std::vector<LayerInput>> Loader::Inputs(const ArchivedImage& item, const ImageConfig& config,
                                               bool* as_it_came) {
  std::vector<LayerInput> inputs;
  for (size_t i = 0; i < item.layers.size(); ++i) {
    LayerInput input;
    input.diff_id = config.diff_ids[i];
    BUOY_ASSIGN(input.blob, archive_.Keep(item.layers[i]));
    const std::string before = input.blob;
    BUOY_ASSIGN(input.media_type, SettleLayerBlob(context_, &input.blob));
    *as_it_came = *as_it_came && before == input.blob;
    if (!quiet_) {
      input.progress = [this, id = ShortId(input.diff_id)](int64_t current, int64_t total) {
        return Say(ProgressLine("Loading layer", id, current, total));
      };
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

Result<Image> Loader::Install(const ArchivedImage& item) {
  BUOY_ASSIGN(std::string text, archive_.ReadMember(item.config));
  BUOY_ASSIGN(ImageConfig config, ParseImageConfig(text));
  if (config.OperatingSystem() != "linux") {
    return InvalidArgument("cannot load " + config.OperatingSystem() + " image on linux");
  }
  if (config.diff_ids.size() != item.layers.size()) {
    return InvalidArgument("invalid manifest, layers length mismatch: expected " +
                           std::to_string(config.diff_ids.size()) + ", got " +
                           std::to_string(item.layers.size()));
  }
  Image image;
  bool as_it_came = true;
  BUOY_ASSIGN(auto inputs, Inputs(item, config, &as_it_came));
  BUOY_ASSIGN(image.layers, InstallLayers(context_, inputs));
  for (const auto& layer : image.layers) image.size += layer.size;
  BUOY_ASSIGN(image.id, archive_.Keep(item.config));
  // A manifest is only kept with the very blobs that it lists.
  if (!item.manifest.empty() && as_it_came) {
    BUOY_ASSIGN(image.manifest, archive_.Keep("blobs/sha256/" + DigestHex(item.manifest)));
  }
  image.config = std::make_shared<const ImageConfig>(std::move(config));
  return image;
}

Result<std::vector<Reference>> Names(const ArchivedImage& item) {
  std::vector<Reference> names;
  for (const auto& text : item.names) {
    auto name = Reference::ParseNormalized(text);
    if (!name.ok() || !name->has_tag() || name->has_digest()) {
      return InvalidArgument("invalid tag \"" + text + "\"");
    }
    names.push_back(*std::move(name));
  }
  return names;
}

// Whether `child` can have been built on `parent`: its layers begin with the parent's.
bool IsBuiltOn(const Image& child, const Image& parent) {
  const auto& below = parent.config->diff_ids;
  const auto& all = child.config->diff_ids;
  return below.size() <= all.size() && std::equal(below.begin(), below.end(), all.begin()) &&
         parent.config->history.size() < child.config->history.size();
}

bool IsWanted(const Platform& want, const ImageConfig& config) {
  return PlatformMatches(want, {config.os, config.architecture, config.variant});
}

}  // namespace

Status ImageService::LoadOne(LoadArchive& archive, const ArchivedImage& item, bool quiet,
                             const api::ProgressSink& progress) {
  Loader loader(context_, archive, quiet, progress);
  BUOY_ASSIGN(auto names, Names(item));
  failpoint::Hit("load.blobs");
  BUOY_ASSIGN(Image image, loader.Install(item));
  failpoint::Hit("load.layers");
  std::vector<std::string> lines;
  {
    std::lock_guard lock(changes_);  // nobody removes the image before it has its names
    BUOY_TRY(context_.store.Add(image));
    failpoint::Hit("load.row");
    for (const auto& name : names) {
      BUOY_ASSIGN(auto before, context_.store.SetReference(name, image.id));
      const std::string shown = name.FamiliarString();
      if (before) {
        lines.push_back("The image " + shown + " already exists, renaming the old one with ID " +
                        *before + " to empty string\n");
      }
      lines.push_back("Loaded image: " + shown + "\n");
    }
  }
  failpoint::Hit("load.names");
  if (!item.parent.empty()) {
    auto parent = context_.store.Get(item.parent);
    if (parent.ok() && IsBuiltOn(image, *parent)) {
      BUOY_TRY(context_.store.SetParent(image.id, item.parent));
    }
  }
  context_.Publish("load", image.id, image.id);
  if (names.empty()) lines.push_back("Loaded image ID: " + image.id + "\n");
  for (const auto& line : lines) BUOY_TRY(loader.Say(StreamLine(line)));
  return Ok();
}

Status ImageService::LoadAll(LoadArchive& archive, const std::optional<Platform>& platform,
                             bool quiet, const api::ProgressSink& progress) {
  std::shared_lock lock(context_.contents);
  bool found = false;
  for (const auto& item : archive.images()) {
    if (platform) {
      BUOY_ASSIGN(std::string text, archive.ReadMember(item.config));
      BUOY_ASSIGN(ImageConfig config, ParseImageConfig(text));
      if (!IsWanted(*platform, config)) continue;
    }
    found = true;
    BUOY_TRY(LoadOne(archive, item, quiet, progress));
  }
  if (platform && !found) {
    return NotFound("the archive has no image for the platform " + platform->String());
  }
  return Ok();
}

Status ImageService::Load(ByteSource& tar, bool quiet, const std::string& platform,
                          const api::ProgressSink& progress) {
  std::optional<Platform> want;
  if (!platform.empty()) {
    BUOY_ASSIGN(want, ParsePlatform(platform));
  }
  BUOY_ASSIGN(auto archive, LoadArchive::Read(tar, context_.blobs, want));
  Status status = LoadAll(archive, want, quiet, progress);
  if (!status.ok() || collect_pending_) CollectLeftovers();
  return status;
}

}  // namespace buoy::image
