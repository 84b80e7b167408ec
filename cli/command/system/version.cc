#include <algorithm>

#include "cli/command/list.h"
#include "cli/command/objects.h"
#include "cli/command/version_text.h"
#include "cli/formatter/template.h"

namespace buoy::cli {
namespace {

Value ClientVersion(Cli& cli, const std::string& api_version) {
  Value client = Value::Object();
  client.Set("Version", kClientVersion)
      .Set("ApiVersion", api_version)
      .Set("DefaultAPIVersion", kClientApiVersion)
      .Set("GitCommit", kClientCommit)
      .Set("GoVersion", "none (C++20)")
      .Set("Os", "linux")
      .Set("Arch", "amd64")
      .Set("BuildTime", "")
      .Set("Context", CurrentContext(cli.options(), cli.config()));
  return client;
}

std::string Line(const std::string& name, const std::string& value) {
  std::string label = " " + name + ":";
  label.resize(std::max<size_t>(label.size() + 1, 20), ' ');
  return label + value + "\n";
}

std::string ClientText(const Value& client) {
  return "Client:\n" + Line("Version", client.Str("Version")) +
         Line("API version", client.Str("ApiVersion")) +
         Line("Git commit", client.Str("GitCommit")) +
         Line("OS/Arch", client.Str("Os") + "/" + client.Str("Arch")) +
         Line("Context", client.Str("Context"));
}

std::string ServerText(const Value& server) {
  std::string name = server.At("Platform").Str("Name");
  std::string out = "\nServer:" + (name.empty() ? "" : " " + name) + "\n";
  for (const Value& component : server.At("Components").List()) {
    out += " " + component.Str("Name") + ":\n";
    out += " " + Line("Version", component.Str("Version"));
    const Value& details = component.At("Details");
    if (component.Str("Name") == "Engine") {
      out += " " + Line("API version", details.Str("ApiVersion") + " (minimum version " +
                                           details.Str("MinAPIVersion") + ")");
    }
    out += " " + Line("GitCommit", details.Str("GitCommit"));
  }
  return out;
}

Result<int> Run(Invocation& in, const std::string& format) {
  BUOY_ASSIGN(api::Client * connection, in.cli.client());
  auto negotiated = connection->Version();
  Value all = Value::Object();
  all.Set("Client", ClientVersion(in.cli, negotiated.ok() ? *negotiated : kClientApiVersion));
  auto server = in.cli.Get("/version");
  if (server.ok()) all.Set("Server", *server);
  if (format.empty()) {
    in.cli.Out(ClientText(all.At("Client")) + (server.ok() ? ServerText(*server) : ""));
  } else {
    auto parsed = Template::Parse(format == "json" ? "{{json .}}" : format);
    if (!parsed.ok()) {
      return Exit(in.cli, 64, "template parsing error: " + parsed.error().message());
    }
    auto out = parsed->Execute(all);
    if (!out.ok() && server.ok()) return std::move(out).error();
    if (out.ok()) in.cli.Out(*out + "\n");
  }
  if (!server.ok()) return std::move(server).error();
  return 0;
}

}  // namespace

Command Version() {
  auto format = std::make_shared<std::string>();
  return {.use = "version [OPTIONS]",
          .brief = "Show the Docker version information",
          .args = NoArgs(),
          .flags =
              [format](FlagSet& flags) {
                flags.String(format.get(), "format", 'f', kInspectFormatHelp);
              },
          .run = [format](Invocation& in) { return Run(in, *format); },
          .top_order = 10};
}

}  // namespace buoy::cli
