#include <fcntl.h>
#include <unistd.h>

#include "cli/command/image/image.h"
#include "cli/command/progress.h"
#include "cli/command/terminal.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string input, platform;
  bool quiet = false;
};

Result<int> Run(Invocation& in, const Options& options) {
  Fd file;
  if (!options.input.empty()) {
    BUOY_ASSIGN(file, Open(options.input, O_RDONLY));
  } else if (IsTerminal(STDIN_FILENO)) {
    return InvalidArgument("requested load from stdin, but stdin is empty");
  }
  bool quiet = options.quiet || !IsTerminal(STDOUT_FILENO);
  BUOY_ASSIGN(std::string platform, PlatformJson(options.platform));
  FdSource source(file.valid() ? file.get() : STDIN_FILENO);
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  api::Call call{.method = "POST",
                 .path = "/images/load",
                 .query = {{"quiet", quiet ? "1" : "0"}},
                 .upload = &source};
  call.query.AddIf("platform", platform);
  BUOY_ASSIGN(auto stream, client->Open(call));
  if (stream->headers().Get("Content-Type").starts_with("application/json")) {
    BUOY_TRY(ShowProgress(*stream, STDOUT_FILENO));
    return 0;
  }
  FdSink sink(STDOUT_FILENO);
  BUOY_TRY(CopyStream(*stream, sink));
  return 0;
}

}  // namespace

Command ImageLoad() {
  auto options = std::make_shared<Options>();
  return {.use = "load [OPTIONS]",
          .brief = "Load an image from a tar archive or STDIN",
          .full_names = "image load, load",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->input, "input", 'i',
                             "Read from tar archive file, instead of STDIN");
                flags.Bool(&options->quiet, "quiet", 'q', "Suppress the load output");
                flags
                    .String(&options->platform, "platform", 0,
                            "Load only the given platform variant. Formatted as "
                            "\"os[/arch[/variant]]\" (e.g., \"linux/amd64\")")
                    .Since("1.48");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
