#include <fcntl.h>
#include <unistd.h>

#include "cli/command/swarm/payload.h"
#include "cli/config/auth.h"
#include "cli/opts/env_file.h"
#include "common/archive/stream.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr size_t kMostBytes = 1000 * 1024;  // what the swarm stores at most

struct Options {
  std::string driver, template_driver;
  std::vector<std::string> labels;
};

Result<std::string> ReadData(const PayloadKind& kind, const std::string& file) {
  Fd opened;
  if (file != "-") {
    auto fd = Open(file, O_RDONLY);
    if (!fd.ok()) return std::move(fd).error().Context("error reading from " + file);
    opened = *std::move(fd);
  }
  FdSource source(opened.valid() ? opened.get() : STDIN_FILENO);
  auto data = ReadAll(source, kMostBytes);
  if (!data.ok()) {
    return std::move(data).error().Context(std::string("error reading content from ") +
                                           (file == "-" ? "STDIN" : "\"" + file + "\""));
  }
  (void)kind;
  return data;
}

Result<int> Run(Invocation& in, const PayloadKind& kind, const Options& options) {
  const std::string& name = in.args[0];
  std::string file = in.args.size() > 1 ? in.args[1] : "";
  if (!options.driver.empty() && !file.empty()) {
    return InvalidArgument("When using secret driver secret data must be empty");
  }
  std::string data;
  if (options.driver.empty()) {
    BUOY_ASSIGN(data, ReadData(kind, file.empty() ? "-" : file));
  }
  Value labels = Value::Object();
  for (const auto& [key, value] : opts::ToMap(options.labels)) labels.Set(key, value);
  Value body = Value::Object();
  body.Set("Name", name).Set("Labels", labels);
  if (!data.empty()) body.Set("Data", Base64(data));
  if (!options.driver.empty()) body.Set("Driver", Value::Object({{"Name", options.driver}}));
  if (!options.template_driver.empty()) {
    body.Set("Templating", Value::Object({{"Name", options.template_driver}}));
  }
  BUOY_ASSIGN(api::Reply reply,
              in.cli.Do("POST", std::string(kind.path) + "/create", {}, body.Dump(true)));
  BUOY_ASSIGN(Value created, Value::Parse(reply.body));
  in.cli.Out(created.Str("ID") + "\n");
  return 0;
}

}  // namespace

Command PayloadCreate(const PayloadKind& kind) {
  auto options = std::make_shared<Options>();
  return {
      .use = kind.secret ? "create [OPTIONS] SECRET [file|-]" : "create [OPTIONS] CONFIG file|-",
      .brief = kind.secret ? "Create a secret from a file or STDIN as content"
                           : "Create a config from a file or STDIN",
      .args = kind.secret ? ArgsRule{1, 2} : ExactArgs(2),
      .flags =
          [options, kind](FlagSet& flags) {
            flags.List(&options->labels, "label", 'l',
                       kind.secret ? "Secret labels" : "Config labels");
            if (kind.secret) {
              flags.String(&options->driver, "driver", 'd', "Secret driver").Since("1.31");
            }
            flags.String(&options->template_driver, "template-driver", 0, "Template driver")
                .Since("1.37");
          },
      .run = [options, kind](Invocation& in) { return Run(in, kind, *options); }};
}

}  // namespace buoy::cli
