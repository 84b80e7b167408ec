#include "daemon/container/stored_images.h"

#include <vector>

namespace buoy::container {

Result<ResolvedImage> StoredImages::Resolve(const std::string& ref, const std::string& platform) {
  BUOY_ASSIGN(image::Image found, store_.Resolve(ref));
  ResolvedImage out;
  out.id = found.id;
  out.chain_id = found.chain_id();
  out.os = found.config->OperatingSystem();
  out.architecture = found.config->architecture;
  out.variant = found.config->variant;
  out.config = found.config->config;
  if (platform.empty()) return out;
  BUOY_ASSIGN(image::Platform want, image::ParsePlatform(platform));
  image::Platform have{out.os, out.architecture, out.variant};
  if (image::PlatformMatches(want, have)) return out;
  return NotFound("image with reference " + ref + " was found but its platform (" + have.String() +
                  ") does not match the specified platform (" + want.String() + ")");
}

std::set<std::string> StoredImages::WithDescendants(const std::string& id) {
  std::set<std::string> family = {id};
  std::vector<std::string> pending = {id};
  while (!pending.empty()) {
    std::string next = std::move(pending.back());
    pending.pop_back();
    for (auto& child : store_.Children(next)) {
      if (family.insert(child).second) pending.push_back(std::move(child));
    }
  }
  return family;
}

}  // namespace buoy::container
