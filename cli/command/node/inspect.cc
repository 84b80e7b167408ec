#include "cli/command/inspect_run.h"
#include "cli/command/list.h"
#include "cli/command/node/node.h"
#include "cli/formatter/template.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string format;
  bool pretty = false;
};

Result<int> Run(Invocation& in, const Options& options) {
  const std::string format = options.pretty ? "pretty" : options.format;
  if (format.starts_with("pretty") && format != "pretty") {
    return InvalidArgument("cannot supply extra formatting options to the pretty template");
  }
  auto fetch = [&](const std::string& name) -> Result<std::string> {
    BUOY_ASSIGN(std::string reference, NodeReference(in.cli, name));
    BUOY_ASSIGN(api::Reply reply, in.cli.Do("GET", "/nodes/" + api::EscapePath(reference)));
    return reply.body;
  };
  if (format != "pretty") {
    // Status 1 here, unlike with the other nouns.
    if (auto parsed = Template::Parse(format); !parsed.ok()) {
      return std::move(parsed).error().Context("template parsing error");
    }
    return RunInspect(in.cli, in.args, format, fetch);
  }
  std::string out;
  for (const std::string& name : in.args) {
    BUOY_ASSIGN(std::string text, fetch(name));
    BUOY_ASSIGN(Value node, Value::Parse(text));
    out += PrettyNode(node);
  }
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command NodeInspect() {
  auto options = std::make_shared<Options>();
  return {.use = "inspect [OPTIONS] self|NODE [NODE...]",
          .brief = "Display detailed information on one or more nodes",
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->format, "format", 'f', kInspectFormatHelp);
                flags.Bool(&options->pretty, "pretty", 0,
                           "Print the information in a human friendly format");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
