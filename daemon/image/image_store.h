#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/reference/reference.h"
#include "common/result/result.h"
#include "daemon/image/blob_store.h"
#include "daemon/image/image_config.h"
#include "daemon/state/db.h"

namespace buoy::image {

// One layer of an image, with the blob it came as.
struct ImageLayer {
  std::string chain_id;
  std::string diff_id;
  int64_t size = 0;        // unpacked
  std::string blob;        // digest of the blob as it came; always in the blob store
  std::string media_type;  // OCI or Docker media type of the blob
};

struct Image {
  std::string id;  // digest of the config
  std::shared_ptr<const ImageConfig> config;
  int64_t size = 0;
  std::string parent;
  std::string manifest;  // digest of the manifest it came with, "" = none
  int64_t last_tag_ns = 0;
  std::vector<ImageLayer> layers;  // lowest first

  std::string chain_id() const { return layers.empty() ? "" : layers.back().chain_id; }
};

// The images and what names them, in the database. Thread-safe.
class ImageStore {
 public:
  // Neither is owned.
  ImageStore(state::Db& db, BlobStore& blobs) : db_(db), blobs_(blobs) {}

  // Adds the image in one transaction; its config and blobs must be in the blob store. The same
  // image again keeps its parent, tags and layers.
  Status Add(const Image& image);
  Result<Image> Get(const std::string& id) const;               // kNotFound "No such image: ID"
  std::vector<Image> List() const;                              // unreadable ones are left out
  std::vector<std::string> Ids() const;                         // also of those, newest first
  std::vector<ImageLayer> Layers(const std::string& id) const;  // lowest first
  std::string Manifest(const std::string& id) const;            // its digest, "" = none
  // Images whose parent this is.
  std::vector<std::string> Children(const std::string& id) const;
  // All images have to be without references and children.
  Status Delete(const std::string& id);

  // Records what `id` was built on; both must be there.
  Status SetParent(const std::string& id, const std::string& parent);
  // Whether some image has this blob as that layer, so that it was checked before.
  bool IsLayerBlob(const std::string& chain_id, const std::string& blob) const;

  // The repositories from or to which images with this layer's blob went.
  std::vector<Reference> RepositoriesWithBlob(const std::string& blob) const;

  // What an image is called: tags first, each sorted.
  std::vector<Reference> References(const std::string& id) const;
  // The image a tag or digest names exactly.
  std::optional<std::string> Find(const Reference& reference) const;
  // Tags and digests of one repository.
  std::vector<std::pair<Reference, std::string>> FindByName(const Reference& name) const;
  // Moves the tag when it named another image, whose ID is returned.
  Result<std::optional<std::string>> SetReference(const Reference& reference,
                                                  const std::string& id);
  Status RemoveReference(const Reference& reference);
  // What a push writes anew.
  Status ForgetManifest(const std::string& id);
  // The rest of the database as SQLite sees it: what is wrong, line by line.
  Result<std::vector<std::string>> CheckDatabase() const;
  Status TouchTagTime(const std::string& id, int64_t now_ns);

  // Docker's rules: a reference, an ID, or a unique prefix of one. Errors: kInvalidArgument for
  // what is no reference, kNotFound "No such image: x:latest".
  Result<Image> Resolve(const std::string& name) const;
  // The only image whose ID starts with `prefix` (hex or sha256:hex).
  std::optional<std::string> FindByPrefix(const std::string& prefix) const;

  // Every blob and layer that some image needs.
  std::set<std::string> UsedBlobs() const;
  std::set<std::string> UsedLayers() const;
  // Drops the table's rows of layers that no image has; returns their chain IDs, highest first.
  Result<std::vector<std::string>> ForgetUnusedLayers();

 private:
  Result<std::shared_ptr<const ImageConfig>> Config(const std::string& id) const;

  state::Db& db_;
  BlobStore& blobs_;
  mutable std::mutex cache_mutex_;
  // Configs never change, so a parsed one stays good.
  mutable std::map<std::string, std::shared_ptr<const ImageConfig>> cache_;
};

}  // namespace buoy::image
