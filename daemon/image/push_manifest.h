#pragma once

#include <string>
#include <vector>

#include "daemon/image/context.h"

namespace buoy::image {

// What a registry is to get of an image.
struct PushManifest {
  std::string text;
  std::string media_type;
  std::string digest;
  struct Layer {
    std::string diff_id;
    std::string blob;
    int64_t size = 0;
  };
  std::vector<Layer> layers;  // lowest first
};

// The manifest that the image came with, byte for byte; or, where there is none or its layers are
// not compressed and no registry has it so, a new one of Docker's schema 2. Layers are compressed
// for that once and stay so in the store. The caller holds `contents` shared.
Result<PushManifest> PrepareManifest(const Context& context, Image image);

}  // namespace buoy::image
