#include "cli/command/context/context.h"
#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string description, from;
  EndpointOptions docker;
};

Status CreateNew(Cli& cli, const std::string& name, const Options& options) {
  BUOY_ASSIGN(Endpoint endpoint, MakeEndpoint(cli, options.docker));
  Value metadata = Value::Object();
  if (!options.description.empty()) metadata.Set("Description", options.description);
  Value meta = Value::Object();
  meta.Set("Name", name)
      .Set("Metadata", metadata)
      .Set("Endpoints", Value::Object({{kDockerEndpoint, endpoint.meta}}));
  ContextStore store(cli.config().dir());
  BUOY_TRY(store.Put(meta));
  ContextTls tls;
  if (!endpoint.tls.empty()) tls[kDockerEndpoint] = std::move(endpoint.tls);
  return store.SetTls(name, tls);
}

Result<int> Run(Invocation& in, const Options& options) {
  const std::string& name = in.args[0];
  BUOY_TRY(CheckNewContext(in.cli, name));
  const bool copies = !options.from.empty() || !in.flags.Changed("docker");
  if (copies && !options.docker.empty()) {
    return InvalidArgument("cannot use --docker flag when --from is set");
  }
  if (copies) {
    std::string from =
        options.from.empty() ? CurrentContext(in.cli.options(), in.cli.config()) : options.from;
    BUOY_TRY(CopyContext(in.cli, from, name, options.description));
  } else {
    BUOY_TRY(CreateNew(in.cli, name, options));
  }
  in.cli.Out(name + "\n");
  in.cli.Err("Successfully created context " + Quote(name) + "\n");
  return 0;
}

}  // namespace

Command ContextCreate() {
  auto options = std::make_shared<Options>();
  return {.use = "create [OPTIONS] CONTEXT",
          .brief = "Create a context",
          .long_text = EndpointHelp("Create a context", "create"),
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->description, "description", 0, "Description of the context");
                AddEndpointFlag(flags, &options->docker);
                flags.String(&options->from, "from", 0, "create context from a named context");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
