#include "cli/command/context/context.h"
#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string description;
  EndpointOptions docker;
};

Result<int> Run(Invocation& in, const Options& options) {
  const std::string& name = in.args[0];
  BUOY_TRY(ContextStore::CheckName(name));
  ContextStore store(in.cli.config().dir());
  BUOY_ASSIGN(Value meta, store.Get(name));
  BUOY_TRY(CheckMeta(meta));
  Value metadata = Value::Object(meta.At("Metadata").Fields());
  if (!options.description.empty()) metadata.Set("Description", options.description);
  meta.Set("Metadata", metadata);
  const bool endpoint_given = in.flags.Changed("docker");
  Endpoint endpoint;
  if (endpoint_given) {
    BUOY_ASSIGN(endpoint, MakeEndpoint(in.cli, options.docker));
    Value endpoints = Value::Object(meta.At("Endpoints").Fields());
    endpoints.Set(kDockerEndpoint, endpoint.meta);
    meta.Set("Endpoints", endpoints);
  }
  BUOY_TRY(store.Put(meta));
  if (endpoint_given) BUOY_TRY(store.SetEndpointTls(name, kDockerEndpoint, endpoint.tls));
  in.cli.Out(name + "\n");
  in.cli.Err("Successfully updated context " + Quote(name) + "\n");
  return 0;
}

}  // namespace

Command ContextUpdate() {
  auto options = std::make_shared<Options>();
  return {.use = "update [OPTIONS] CONTEXT",
          .brief = "Update a context",
          .long_text = EndpointHelp("Update a context", "update"),
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->description, "description", 0, "Description of the context");
                AddEndpointFlag(flags, &options->docker);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
