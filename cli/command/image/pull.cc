#include "cli/command/image/image.h"
#include "cli/command/image/pull_image.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

struct Options {
  PullOptions pull;
  bool untrusted = true;
};

Result<int> Run(Invocation& in, const PullOptions& options) {
  BUOY_ASSIGN(Reference reference, ReferenceToMove(in, options.all_tags, options.quiet));
  BUOY_TRY(PullImage(in.cli, reference.FamiliarString(), options));
  in.cli.Out(reference.String() + "\n");
  return 0;
}

}  // namespace

Command ImagePull() {
  auto options = std::make_shared<Options>();
  return {.use = "pull [OPTIONS] NAME[:TAG|@DIGEST]",
          .brief = "Download an image from a registry",
          .full_names = "image pull, pull",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->pull.all_tags, "all-tags", 'a',
                           "Download all tagged images in the repository");
                flags.Bool(&options->pull.quiet, "quiet", 'q', "Suppress verbose output");
                flags.String(&options->pull.platform, "platform", 0,
                             "Set platform if server is multi-platform capable");
                flags.Bool(&options->untrusted, "disable-content-trust", 0,
                           "Skip image verification");
              },
          .run = [options](Invocation& in) { return Run(in, options->pull); },
          .top_order = 5};
}

}  // namespace buoy::cli
