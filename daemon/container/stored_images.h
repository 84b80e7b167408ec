#pragma once

#include "daemon/container/image_source.h"
#include "daemon/image/image_store.h"

namespace buoy::container {

// The image store as containers see it.
class StoredImages : public ImageSource {
 public:
  explicit StoredImages(image::ImageStore& store) : store_(store) {}  // not owned

  Result<ResolvedImage> Resolve(const std::string& ref, const std::string& platform) override;
  std::set<std::string> WithDescendants(const std::string& id) override;

 private:
  image::ImageStore& store_;
};

}  // namespace buoy::container
