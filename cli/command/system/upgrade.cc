#include <filesystem>

#include "cli/command/list.h"
#include "cli/command/system/system.h"

namespace buoy::cli {
namespace {

struct Options {
  int64_t timeout = 60;
};

// The daemon's path, as the daemon sees it: relative ones are the user's.
Result<std::string> DaemonPath(const std::string& given) {
  if (given.empty() || given[0] == '/') return given;
  std::error_code error;
  auto absolute = std::filesystem::absolute(given, error);
  if (error) return InvalidArgument("cannot resolve " + given + ": " + error.message());
  return absolute.lexically_normal().string();
}

Result<int> Run(Invocation& in, const Options& options) {
  api::Query query;
  if (!in.args.empty()) {
    BUOY_ASSIGN(const std::string path, DaemonPath(in.args[0]));
    query.Add("path", path);
  }
  query.Add("timeout", std::to_string(options.timeout));
  BUOY_ASSIGN(api::Reply reply, in.cli.Do("POST", "/upgrade", query));
  BUOY_ASSIGN(Value answer, Value::Parse(reply.body));
  in.cli.Out("Upgraded to version " + answer.Str("Version") + " (pid " + answer.At("Pid").Dump() +
             ")\n");
  return 0;
}

}  // namespace

Command SystemUpgrade() {
  auto options = std::make_shared<Options>();
  return {.use = "upgrade [OPTIONS] [PATH]",
          .brief = "Replace the running daemon in place, without an interruption",
          .args = MaxArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Int(&options->timeout, "timeout", 't',
                          "Seconds for the new daemon to take over");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
