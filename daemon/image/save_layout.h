#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/image/image_store.h"

// The JSON files of `docker save`: an OCI layout that is a docker-archive too.
namespace buoy::image {

struct SavedLayer {
  std::string blob, media_type;
  int64_t size = 0;        // of the blob
  std::string plain_blob;  // what manifest.json names: the blob, or a copy that old readers know
};

struct SavedImage {
  Image image;
  std::vector<Reference> tags;
  std::vector<SavedLayer> layers;
  int64_t config_size = 0;
  std::string parent;    // when it is saved along
  std::string manifest;  // its text
};

// The manifest of an image that came without one.
std::string EncodeManifest(const SavedImage& image);
std::string EncodeIndex(const std::vector<SavedImage>& images);
std::string EncodeDockerManifest(const std::vector<SavedImage>& images);

}  // namespace buoy::image
