#include "cli/command/context/context.h"
#include "cli/command/inspect_run.h"
#include "cli/command/list.h"

namespace buoy::cli {
namespace {

Result<std::string> Fetch(Cli& cli, const std::string& name) {
  BUOY_ASSIGN(Value meta, GetContext(cli, name));
  BUOY_ASSIGN(ContextTls tls, GetContextTls(cli, name));
  Value material = Value::Object();
  for (const auto& [endpoint, files] : tls) {
    ValueList names;
    for (const auto& [file, data] : files) names.emplace_back(file);
    material.Set(endpoint, std::move(names));
  }
  ContextStore store(cli.config().dir());
  const bool is_default = name == kDefaultContext;
  Value storage = Value::Object();
  storage.Set("MetadataPath", is_default ? "<IN MEMORY>" : store.MetaPath(name))
      .Set("TLSPath", is_default ? "<IN MEMORY>" : store.TlsPath(name));
  Value out = Value::Object();
  out.Set("Name", meta.At("Name"))
      .Set("Metadata", meta.At("Metadata"))
      .Set("Endpoints", meta.At("Endpoints"))
      .Set("TLSMaterial", material)
      .Set("Storage", storage);
  return out.Dump(true);
}

Result<int> Run(Invocation& in, const std::string& format) {
  std::vector<std::string> names = in.args;
  if (names.empty()) names.push_back(CurrentContext(in.cli.options(), in.cli.config()));
  return RunInspect(in.cli, names, format,
                    [&](const std::string& name) { return Fetch(in.cli, name); });
}

}  // namespace

Command ContextInspect() {
  auto format = std::make_shared<std::string>();
  return {.use = "inspect [OPTIONS] [CONTEXT] [CONTEXT...]",
          .brief = "Display detailed information on one or more contexts",
          .flags =
              [format](FlagSet& flags) {
                flags.String(format.get(), "format", 'f', kInspectFormatHelp);
              },
          .run = [format](Invocation& in) { return Run(in, *format); }};
}

}  // namespace buoy::cli
