#include "daemon/image/context.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include "common/archive/compression.h"
#include "common/archive/filters.h"
#include "daemon/image/progress_lines.h"

namespace buoy::image {

namespace {

constexpr unsigned kParallelLayers = 3;
constexpr char kOciLayer[] = "application/vnd.oci.image.layer.v1.tar";

// A layer may not be larger than what is free.
Result<std::unique_ptr<storage::StagedLayer>> StageBounded(const Context& context,
                                                           ByteSource& tar) {
  BUOY_ASSIGN(auto room, context.blobs.Free());
  storage::UnpackOptions options;
  options.max_bytes = room.bytes;
  options.max_entries = room.files;
  auto staged = context.storage.StageLayer(tar, options);
  if (!staged.ok()) return NamedForRoom(std::move(staged).error());
  return staged;
}

Error WrongDiffId(size_t index, const LayerInput& input, const std::string& actual) {
  return InvalidArgument("invalid diffID for layer " + std::to_string(index) + ": expected \"" +
                         input.diff_id + "\", got \"" + actual + "\"");
}

Result<std::unique_ptr<storage::StagedLayer>> StageOne(const Context& context,
                                                       const LayerInput& input, size_t index) {
  BUOY_ASSIGN(Fd fd, context.blobs.OpenBlob(input.blob));
  struct stat info = {};
  ::fstat(fd.get(), &info);
  FdSource file(fd.get());
  ProgressSource counted(file, [&](int64_t current) {
    return input.progress ? input.progress(current, info.st_size) : Ok();
  });
  BUOY_ASSIGN(auto tar, NewDecompressor(counted));
  BUOY_ASSIGN(auto staged, StageBounded(context, *tar));
  if (staged->diff_id() != input.diff_id) return WrongDiffId(index, input, staged->diff_id());
  return staged;
}

// Stages inputs[first..] with a few threads; the first error wins and stops the rest.
Result<std::vector<std::unique_ptr<storage::StagedLayer>>> StageAll(
    const Context& context, const std::vector<LayerInput>& inputs, size_t first) {
  std::vector<std::unique_ptr<storage::StagedLayer>> staged(inputs.size() - first);
  std::atomic<size_t> next{first};
  std::mutex mutex;
  std::optional<Error> error;
  auto work = [&] {
    for (size_t i = next++; i < inputs.size(); i = next++) {
      auto layer = StageOne(context, inputs[i], i);
      if (layer.ok()) {
        staged[i - first] = *std::move(layer);
        continue;
      }
      std::lock_guard lock(mutex);
      if (!error) error = std::move(layer).error();
      next = inputs.size();
    }
  };
  std::vector<std::thread> threads;
  const size_t count = std::min<size_t>(staged.size(), kParallelLayers);
  for (size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  if (error) return *std::move(error);
  return staged;
}

// With `contents` held alone.
Result<std::vector<std::string>> RemoveUnused(const Context& context) {
  BUOY_ASSIGN(auto candidates, context.store.ForgetUnusedLayers());
  BUOY_ASSIGN(auto in_use, context.storage.LayersInUse());
  std::vector<std::string> removed;
  const auto used = context.store.UsedLayers();
  // Also those that a container, now gone, kept from being removed with their image.
  BUOY_ASSIGN(auto present, context.storage.ListLayers());
  for (const auto& id : present) {
    if (std::find(candidates.begin(), candidates.end(), id) == candidates.end()) {
      candidates.push_back(id);
    }
  }
  for (const auto& id : candidates) {
    if (used.contains(id) || in_use.contains(id)) continue;
    BUOY_TRY(context.storage.RemoveLayer(id));
    removed.push_back(id);
  }
  const auto used_blobs = context.store.UsedBlobs();
  BUOY_ASSIGN(auto blobs, context.blobs.List());
  for (const auto& blob : blobs) {
    if (!used_blobs.contains(blob)) BUOY_TRY(context.blobs.Remove(blob));
  }
  return removed;
}

}  // namespace

void Context::Publish(const std::string& action, const std::string& id,
                      const std::string& name) const {
  types::Event event;
  event.type = "image";
  event.action = action;
  event.actor.id = id;
  if (auto image = store.Resolve(id); image.ok()) {
    for (const auto& [key, value] : image->config->config.labels) {
      event.actor.attributes[key] = value;
    }
  }
  if (!name.empty()) event.actor.attributes["name"] = name;
  events.Publish(std::move(event));
}

Result<std::vector<ImageLayer>> InstallLayers(const Context& context,
                                              const std::vector<LayerInput>& inputs) {
  std::vector<ImageLayer> layers;
  std::string parent;
  for (const auto& input : inputs) {
    ImageLayer layer;
    layer.chain_id = storage::ChainId(parent, input.diff_id);
    layer.diff_id = input.diff_id;
    layer.blob = input.blob;
    layer.media_type = input.media_type;
    parent = layer.chain_id;
    layers.push_back(std::move(layer));
  }
  size_t present = 0;
  while (present < layers.size()) {
    auto info = context.storage.GetLayer(layers[present].chain_id);
    if (!info.ok()) break;
    if (!context.store.IsLayerBlob(layers[present].chain_id, inputs[present].blob)) {
      BUOY_ASSIGN(std::string actual, DiffIdOf(context, inputs[present].blob));
      if (actual != inputs[present].diff_id) return WrongDiffId(present, inputs[present], actual);
    }
    layers[present++].size = info->size;
  }
  if (present == layers.size()) return layers;
  BUOY_ASSIGN(auto staged, StageAll(context, inputs, present));
  const std::string below = present == 0 ? "" : layers[present - 1].chain_id;
  BUOY_ASSIGN(auto infos, context.storage.CommitLayers(below, std::move(staged)));
  for (size_t i = 0; i < infos.size(); ++i) layers[present + i].size = infos[i].size;
  return layers;
}

Result<std::string> SettleLayerBlob(const Context& context, std::string* blob) {
  BUOY_ASSIGN(Fd fd, context.blobs.OpenBlob(*blob));
  FdSource file(fd.get());
  Compression kind;
  BUOY_ASSIGN(auto plain, NewDecompressor(file, &kind));
  switch (kind) {
    case Compression::kNone:
      return std::string(kOciLayer);
    case Compression::kGzip:
      return std::string(kOciLayer) + "+gzip";
    case Compression::kZstd:
      return std::string(kOciLayer) + "+zstd";
    default:
      break;
  }
  BUOY_ASSIGN(auto writer, context.blobs.NewWriter());
  BUOY_TRY(CopyStream(*plain, *writer));
  BUOY_ASSIGN(*blob, writer->Commit());
  return std::string(kOciLayer);
}

Result<std::string> DiffIdOf(const Context& context, const std::string& blob) {
  BUOY_ASSIGN(Fd fd, context.blobs.OpenBlob(blob));
  FdSource file(fd.get());
  BUOY_ASSIGN(auto plain, NewDecompressor(file));
  HashingSource hashing(*plain);
  BUOY_TRY(hashing.Drain());
  return hashing.Digest();
}

Result<ImageLayer> InstallFirstLayer(const Context& context, const std::string& blob,
                                     const std::string& media_type) {
  BUOY_ASSIGN(Fd fd, context.blobs.OpenBlob(blob));
  FdSource file(fd.get());
  BUOY_ASSIGN(auto tar, NewDecompressor(file));
  std::vector<std::unique_ptr<storage::StagedLayer>> staged(1);
  BUOY_ASSIGN(staged[0], StageBounded(context, *tar));
  BUOY_ASSIGN(auto infos, context.storage.CommitLayers("", std::move(staged)));
  return ImageLayer{infos[0].chain_id, infos[0].diff_id, infos[0].size, blob, media_type};
}

bool IsWhole(const Context& context, const Image& image) {
  return context.blobs.Has(image.id) &&
         (image.manifest.empty() || context.blobs.Has(image.manifest)) &&
         std::all_of(image.layers.begin(), image.layers.end(), [&](const ImageLayer& layer) {
           return context.blobs.Has(layer.blob) && context.storage.GetLayer(layer.chain_id).ok();
         });
}

Result<std::unique_ptr<storage::StagedLayer>> StageLayerOf(const Context& context,
                                                           const ImageLayer& layer) {
  return StageOne(context, {layer.diff_id, layer.blob, layer.media_type, nullptr}, 0);
}

Result<std::optional<std::vector<std::string>>> CollectUnused(const Context& context) {
  std::unique_lock lock(context.contents, std::chrono::seconds(2));
  if (!lock.owns_lock()) return std::optional<std::vector<std::string>>();
  BUOY_ASSIGN(auto removed, RemoveUnused(context));
  return std::optional(std::move(removed));
}

Status CollectAtStart(const Context& context) {
  std::unique_lock lock(context.contents);
  BUOY_TRY(context.storage.CollectGarbage());
  const auto used = context.store.UsedBlobs();
  BUOY_TRY(context.blobs.Collect([&](const std::string& blob) { return used.contains(blob); }));
  BUOY_TRY(RemoveUnused(context));
  return Ok();
}

}  // namespace buoy::image
