#include <unistd.h>

#include "cli/command/image/image.h"
#include "cli/command/image/pull_image.h"
#include "cli/command/progress.h"
#include "cli/config/auth.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

struct Options {
  bool all_tags = false, quiet = false, untrusted = true;
  std::string platform;
};

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(std::string platform, PlatformJson(options.platform));
  BUOY_ASSIGN(Reference reference, ReferenceToMove(in, options.all_tags, options.quiet));
  BUOY_ASSIGN(std::string auth, AuthHeaderForImage(in.cli.config(), reference.Name()));
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  api::Call call{.method = "POST",
                 .path = "/images/" + reference.FamiliarName() + "/push",
                 .query = api::Query().Add("tag", reference.tag()).AddIf("platform", platform)};
  call.headers.Add("X-Registry-Auth", auth);
  BUOY_ASSIGN(auto stream, client->Open(call));
  BUOY_TRY(ShowProgress(*stream, options.quiet ? -1 : STDOUT_FILENO, [](const Value&) {}));
  if (options.quiet) in.cli.Out(reference.String() + "\n");
  return 0;
}

}  // namespace

Command ImagePush() {
  auto options = std::make_shared<Options>();
  return {.use = "push [OPTIONS] NAME[:TAG]",
          .brief = "Upload an image to a registry",
          .full_names = "image push, push",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->all_tags, "all-tags", 'a',
                           "Push all tags of an image to the repository");
                flags.Bool(&options->quiet, "quiet", 'q', "Suppress verbose output");
                flags.Bool(&options->untrusted, "disable-content-trust", 0, "Skip image signing");
                flags
                    .String(&options->platform, "platform", 0,
                            "Push a platform-specific manifest as a single-platform image to the "
                            "registry.\nImage index won't be pushed, meaning that other manifests, "
                            "including attestations won't be preserved.\n"
                            "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)")
                    .Since("1.46");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .top_order = 6};
}

}  // namespace buoy::cli
