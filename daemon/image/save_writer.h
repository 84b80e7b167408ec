#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/image/context.h"
#include "daemon/image/save_layout.h"

namespace buoy {
class TarWriter;
}

namespace buoy::image {

// Writes images as a tar: blobs as they came, the JSON files of save_layout.h beside them. Whoever
// uses it holds `contents` shared from before Prepare() to the end.
class SaveWriter {
 public:
  explicit SaveWriter(const Context& context) : context_(context) {}

  // Everything that can fail but for the writing: reads sizes and manifests, unpacks layers whose
  // compression old readers do not know.
  Status Prepare(std::vector<SavedImage> images);
  Status Write(ByteSink& out);

 private:
  // Where the content of blobs/sha256/<hex> comes from.
  struct Blob {
    std::string stored;                  // digest in the blob store
    std::shared_ptr<BlobWriter> staged;  // or a copy made for this archive
    std::string text;                    // or, when both are empty, this
  };
  Status PrepareLayer(const ImageLayer& layer, SavedLayer* saved);
  Status WriteBlob(TarWriter& tar, const std::string& digest, const Blob& blob);

  const Context& context_;
  std::vector<SavedImage> images_;
  std::map<std::string, Blob> blobs_;  // by digest, the order in the archive
};

}  // namespace buoy::image
