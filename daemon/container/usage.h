#pragma once

#include <string>
#include <vector>

namespace buoy::container {

// Which containers use an image; for `rmi` and `image prune`.
class ImageUsage {
 public:
  struct User {
    std::string container_id;
    bool running = false;
  };
  virtual ~ImageUsage() = default;
  // By image id ("sha256:..."); mounts of type image count.
  virtual std::vector<User> ContainersOfImage(const std::string& image_id) = 0;
  // The IDs of all containers.
  virtual std::vector<std::string> AllContainers() = 0;
};

}  // namespace buoy::container
