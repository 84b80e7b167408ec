#include <shared_mutex>

#include "common/archive/filters.h"
#include "common/gotime/time.h"
#include "daemon/image/dockerfile_changes.h"
#include "daemon/image/image_service.h"
#include "daemon/image/progress_lines.h"

namespace buoy::image {

Result<std::string> ImageService::AddNew(const ImageConfig& config, std::vector<ImageLayer> layers,
                                         const std::string& parent,
                                         const std::optional<Reference>& name) {
  Image image;
  image.config = std::make_shared<const ImageConfig>(config);
  image.layers = std::move(layers);
  image.parent = parent;
  for (const auto& layer : image.layers) image.size += layer.size;
  BUOY_ASSIGN(image.id, context_.blobs.Put(EncodeImageConfig(config)));
  std::lock_guard lock(changes_);
  BUOY_TRY(context_.store.Add(image));
  if (name) BUOY_TRY(SetTag(image.id, *name));
  return image.id;
}

Status ImageService::Import(ByteSource& tar, const api::ImageImportOptions& options,
                            const api::ProgressSink& progress) {
  BUOY_ASSIGN(auto name, ParseRepoTag(options.repo, options.tag));
  BUOY_ASSIGN(Platform platform, ParsePlatform(options.platform));
  ImageConfig config;
  config.has_config = true;
  BUOY_TRY(ApplyChanges(options.changes, &config.config));
  config.created = gotime::Now();
  config.comment = options.message;
  config.os = platform.os;
  config.architecture = platform.architecture;
  config.variant = platform.variant;
  config.history.push_back({config.created, "", "", options.message, false});

  // The upload may take long: only what follows it keeps the collector away.
  BUOY_ASSIGN(auto room, context_.blobs.Free());
  LimitedSource limited(tar, room.bytes);
  BUOY_ASSIGN(auto writer, context_.blobs.NewWriter());
  if (auto copied = CopyStream(limited, *writer); !copied.ok()) {
    return NamedForRoom(std::move(copied).error());
  }
  auto id = [&]() -> Result<std::string> {
    std::shared_lock lock(context_.contents);
    BUOY_ASSIGN(std::string blob, writer->Commit());
    BUOY_ASSIGN(std::string media_type, SettleLayerBlob(context_, &blob));
    BUOY_ASSIGN(ImageLayer layer, InstallFirstLayer(context_, blob, media_type));
    config.diff_ids = {layer.diff_id};
    return AddNew(config, {layer}, "", name);
  }();
  if (!id.ok() || collect_pending_) CollectLeftovers();
  BUOY_TRY(id);
  context_.Publish("import", *id, *id);
  return progress(StatusLine(*id));
}

}  // namespace buoy::image
