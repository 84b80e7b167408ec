#include "cli/command/image/image.h"

#include "cli/opts/text.h"

namespace buoy::cli {

Command ImageGroup() {
  return {.use = "image", .brief = "Manage images", .args = NoArgs(), .children = [] {
            return std::vector<Command>{ImageHistory(), ImagePrune(), ImageImport(), ImageInspect(),
                                        ImageLoad(),    ImageLs(),    ImagePull(),   ImagePush(),
                                        ImageRm(),      ImageSave(),  ImageTag()};
          }};
}

Result<std::string> PlatformJson(const std::string& text) {
  if (text.empty()) return std::string();
  std::vector<std::string> parts = opts::Split(text, '/');
  if (parts.size() > 3 || parts[0].empty()) {
    return InvalidArgument("invalid platform: \"" + text + "\": cannot parse platform specifier");
  }
  Value out = Value::Object();
  out.Set("architecture", parts.size() > 1 ? parts[1] : "");
  out.Set("os", parts[0]);
  if (parts.size() > 2) out.Set("variant", parts[2]);
  return out.Dump();
}

}  // namespace buoy::cli
