#pragma once

#include <set>
#include <string>

#include "common/result/result.h"
#include "common/types/container.h"

namespace buoy::container {

// An image as a container needs it.
struct ResolvedImage {
  std::string id;        // sha256:...
  std::string chain_id;  // of its topmost layer; empty = no layers
  std::string os, architecture, variant;
  types::ContainerConfig config;
};

// The image store, seen from containers. Thread-safe.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  // By reference, id or id prefix. kNotFound "No such image: busybox:latest". `platform` is
  // os[/arch[/variant]]; empty = whatever is there.
  virtual Result<ResolvedImage> Resolve(const std::string& ref, const std::string& platform) = 0;
  // The image itself and every image built on top of it.
  virtual std::set<std::string> WithDescendants(const std::string& id) = 0;
};

}  // namespace buoy::container
