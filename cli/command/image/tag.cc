#include "cli/command/image/image.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  std::string digest;
  if (!Reference::IsIdentifier(in.args[0], &digest)) {
    auto source = Reference::ParseNormalized(in.args[0]);
    if (!source.ok()) {
      return InvalidArgument("Error parsing reference: \"" + in.args[0] +
                             "\" is not a valid repository/tag: " + source.error().message());
    }
  }
  auto target = Reference::ParseNormalized(in.args[1]);
  if (!target.ok()) {
    return InvalidArgument("Error parsing reference: \"" + in.args[1] +
                           "\" is not a valid repository/tag: " + target.error().message());
  }
  if (target->has_digest()) {
    return InvalidArgument("refusing to create a tag with a digest reference");
  }
  Reference full = target->WithDefaultTag();
  BUOY_TRY(in.cli.Do("POST", "/images/" + in.args[0] + "/tag",
                     {{"repo", full.FamiliarName()}, {"tag", full.tag()}}));
  return 0;
}

}  // namespace

Command ImageTag() {
  return {.use = "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
          .brief = "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
          .full_names = "image tag, tag",
          .args = ExactArgs(2),
          .run = Run};
}

}  // namespace buoy::cli
