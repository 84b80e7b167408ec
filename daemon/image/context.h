#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "daemon/container/usage.h"
#include "daemon/events/event_sink.h"
#include "daemon/image/blob_store.h"
#include "daemon/image/image_store.h"
#include "daemon/storage/storage_driver.h"

namespace buoy::image {

// What the operations on images share. Owns nothing.
struct Context {
  BlobStore& blobs;
  ImageStore& store;
  storage::StorageDriver& storage;
  events::EventSink& events;
  // Who adds layers and blobs holds it shared from the first one to the image's row; who removes
  // unreferenced ones holds it alone. Taken before the database's lock.
  std::shared_timed_mutex& contents;
  container::ImageUsage* usage = nullptr;  // null = no containers

  // An image event with the labels of the image that `id` (an ID or a reference) names, and `name`.
  void Publish(const std::string& action, const std::string& id, const std::string& name) const;
};

// Where the blob of a layer comes from.
struct LayerInput {
  std::string diff_id;
  std::string blob;  // digest, already in the blob store
  std::string media_type;
  // Bytes of the (compressed) blob read so far; may be null. Several layers report at once.
  std::function<Status(int64_t current, int64_t total)> progress;
};

// Unpacks what is missing of an image's layers, several at a time, lowest first in `inputs`. Blobs
// of layers that are there already are checked against their diff IDs unless known to be theirs.
// The caller holds `contents` shared.
Result<std::vector<ImageLayer>> InstallLayers(const Context& context,
                                              const std::vector<LayerInput>& inputs);

// "application/vnd.oci.image.layer.v1.tar" with +gzip or +zstd as the blob's first bytes say; what
// OCI has no type for (bzip2, xz) is stored anew without compression, and *blob changed.
Result<std::string> SettleLayerBlob(const Context& context, std::string* blob);

// The digest of what a blob decompresses to.
Result<std::string> DiffIdOf(const Context& context, const std::string& blob);

// Unpacks a blob (already settled) as the lowest layer of a new image. `contents` is held shared.
Result<ImageLayer> InstallFirstLayer(const Context& context, const std::string& blob,
                                     const std::string& media_type);

// Whether all of the image's parts are in the stores; their content is not looked at.
bool IsWhole(const Context& context, const Image& image);

// An image's layer unpacked from its blob, which has to have that diff ID. `contents` is held.
Result<std::unique_ptr<storage::StagedLayer>> StageLayerOf(const Context& context,
                                                           const ImageLayer& layer);

// Removes layers and blobs that nothing refers to any more; returns the chain IDs of the layers.
// nullopt: someone is adding, so it is left for later.
Result<std::optional<std::vector<std::string>>> CollectUnused(const Context& context);

// At start, before anything else runs: also staged files and what the database does not know.
Status CollectAtStart(const Context& context);

}  // namespace buoy::image
