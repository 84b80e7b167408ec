#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/archive/stream.h"
#include "daemon/image/blob_store.h"
#include "daemon/image/image_config.h"

namespace buoy::image {

// One image of an archive: where its parts are.
struct ArchivedImage {
  std::string config;               // path in the archive
  std::vector<std::string> layers;  // paths, lowest first
  std::vector<std::string> names;   // references as written
  std::string manifest;             // digest, "" = none in the archive that fits
  std::string parent;               // image ID it was built on, "" = not said
};

// A `docker save` archive (manifest.json) or an OCI layout (index.json), or both in one, read in a
// single pass: the members wait as staged blobs until they are kept.
class LoadArchive {
 public:
  // `platform` chooses among the manifests of an OCI index; nullopt = the host's, or whatever
  // there is alone.
  static Result<LoadArchive> Read(ByteSource& tar, BlobStore& blobs,
                                  const std::optional<Platform>& platform);

  const std::vector<ArchivedImage>& images() const { return images_; }
  // The content of a member (follows links inside the archive).
  Result<std::string> ReadMember(const std::string& path) const;
  // Puts the member into the blob store for good; returns its digest.
  Result<std::string> Keep(const std::string& path);

 private:
  Status ReadTar(ByteSource& tar, BlobStore& blobs);
  Status ParseDockerManifest(const std::string& text);
  Status ParseIndex(const std::string& text, const std::optional<Platform>& platform);
  // Of an index beside a manifest.json: the manifests with the same configs, whose layers are then
  // taken (manifest.json may name copies that older readers can decompress).
  Status AddManifestDigests(const std::string& index);
  Result<BlobWriter*> Find(const std::string& path) const;

  std::map<std::string, std::shared_ptr<BlobWriter>> members_;
  std::map<std::string, std::string> kept_;   // path -> digest
  std::map<std::string, std::string> links_;  // path -> path
  std::map<std::string, std::string> texts_;  // manifest.json, index.json
  std::vector<ArchivedImage> images_;
};

}  // namespace buoy::image
