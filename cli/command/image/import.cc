#include <fcntl.h>
#include <unistd.h>

#include "cli/command/image/image.h"
#include "cli/command/progress.h"
#include "common/reference/reference.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

struct Options {
  std::vector<std::string> changes;
  std::string message, platform;
};

Result<int> Run(Invocation& in, const Options& options) {
  const std::string& from = in.args[0];
  std::string repository = in.args.size() > 1 ? in.args[1] : "";
  if (!repository.empty()) BUOY_TRY(Reference::ParseNormalized(repository));
  bool url = from.starts_with("http://") || from.starts_with("https://");
  Fd file;
  if (from != "-" && !url) {
    BUOY_ASSIGN(file, Open(from, O_RDONLY));
  }
  FdSource source(file.valid() ? file.get() : STDIN_FILENO);
  api::Call call{.method = "POST", .path = "/images/create"};
  call.query.Add("fromSrc", url ? from : "-").AddIf("message", options.message);
  call.query.AddIf("repo", repository).AddIf("platform", options.platform);
  for (const std::string& change : options.changes) call.query.Add("changes", change);
  if (!url) call.upload = &source;
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  BUOY_ASSIGN(auto stream, client->Open(call));
  BUOY_TRY(ShowProgress(*stream, STDOUT_FILENO));
  return 0;
}

}  // namespace

Command ImageImport() {
  auto options = std::make_shared<Options>();
  return {.use = "import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
          .brief = "Import the contents from a tarball to create a filesystem image",
          .full_names = "image import, import",
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.List(&options->changes, "change", 'c',
                           "Apply Dockerfile instruction to the created image");
                flags.String(&options->message, "message", 'm',
                             "Set commit message for imported image");
                flags.String(&options->platform, "platform", 0,
                             "Set platform if server is multi-platform capable");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
