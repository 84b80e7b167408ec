#include <unistd.h>

#include "cli/command/image/image.h"
#include "cli/command/output_file.h"
#include "cli/command/terminal.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string output, platform;
};

Result<int> Run(Invocation& in, const Options& options) {
  if (options.output.empty() && IsTerminal(STDOUT_FILENO)) {
    return InvalidArgument("cowardly refusing to save to a terminal. Use the -o flag or redirect");
  }
  api::Query query;
  for (const std::string& image : in.args) query.Add("names", image);
  BUOY_ASSIGN(std::string platform, PlatformJson(options.platform));
  query.AddIf("platform", platform);
  BUOY_ASSIGN_CONTEXT(OutputFile file, OutputFile::Create(options.output), "failed to save image");
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  BUOY_ASSIGN(auto stream, client->Open({.path = "/images/get", .query = query}));
  FdSink sink(file.fd());
  BUOY_TRY(CopyStream(*stream, sink));
  BUOY_TRY(file.Commit());
  return 0;
}

}  // namespace

Command ImageSave() {
  auto options = std::make_shared<Options>();
  return {.use = "save [OPTIONS] IMAGE [IMAGE...]",
          .brief = "Save one or more images to a tar archive (streamed to STDOUT by default)",
          .full_names = "image save, save",
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->output, "output", 'o', "Write to a file, instead of STDOUT");
                flags
                    .String(&options->platform, "platform", 0,
                            "Save only the given platform variant. Formatted as "
                            "\"os[/arch[/variant]]\" (e.g., \"linux/amd64\")")
                    .Since("1.48");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
