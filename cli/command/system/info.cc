#include "cli/command/list.h"
#include "cli/command/system/client_version.h"
#include "cli/command/system/info_text.h"
#include "cli/command/system/system.h"
#include "cli/config/auth.h"
#include "cli/formatter/template.h"

namespace buoy::cli {
namespace {

constexpr char kType[] = "system.dockerInfo";

// Warnings that daemons before API 1.42 left to the client.
std::vector<std::string> Warnings(const Value& info) {
  std::vector<std::string> out = info.At("Warnings").StrList();
  if (!info.At("Warnings").IsNull() || info.Str("OSType") == "windows") return out;
  constexpr std::pair<const char*, const char*> kMissing[] = {
      {"MemoryLimit", "WARNING: No memory limit support"},
      {"SwapLimit", "WARNING: No swap limit support"},
      {"OomKillDisable", "WARNING: No oom kill disable support"},
      {"CpuCfsQuota", "WARNING: No cpu cfs quota support"},
      {"CpuCfsPeriod", "WARNING: No cpu cfs period support"},
      {"CPUShares", "WARNING: No cpu shares support"},
      {"CPUSet", "WARNING: No cpuset support"},
      {"IPv4Forwarding", "WARNING: IPv4 forwarding is disabled"}};
  for (const auto& [key, text] : kMissing) {
    if (!info.Bool(key)) out.emplace_back(text);
  }
  return out;
}

std::string Username(Cli& cli, const Value& info) {
  const std::string& server = info.Str("IndexServerAddress");
  if (server.empty()) return "";
  auto auth = FindAuth(cli.config(), server);
  return auth.ok() ? auth->username : "";
}

Result<int> RunFormatted(Cli& cli, const std::string& format, Value info, const Value& client) {
  info.Set("ClientInfo", client);
  auto type = std::make_shared<GoType>();
  type->name = kType;
  auto parsed = Template::Parse(format == "json" ? "{{json .}}" : format);
  if (!parsed.ok()) {
    return Exit(cli, 64, "template parsing error: " + parsed.error().message());
  }
  std::string partial;
  auto out = parsed->Execute(info.WithType(std::move(type)), Template::Mode::kRow, &partial);
  cli.Out((out.ok() ? *out : partial) + "\n");
  if (!out.ok()) return std::move(out).error();
  return 0;
}

Result<int> Run(Invocation& in, const std::string& format) {
  Cli& cli = in.cli;
  Value client = ClientInfo(cli);
  auto info = cli.Get("/info");
  if (!format.empty()) {
    Value shown = info.ok()
                      ? *info
                      : Value::Object({{"ServerErrors", ValueList{Value(info.error().message())}}});
    BUOY_ASSIGN(int status, RunFormatted(cli, format, std::move(shown), client));
    if (!info.ok()) return std::move(info).error();
    return status;
  }
  cli.Out(ClientInfoText(client, cli.program()) + "\nServer:\n");
  if (!info.ok()) return std::move(info).error();
  cli.Out(ServerInfoText(*info, Username(cli, *info)));
  for (const std::string& warning : Warnings(*info)) cli.Err(warning + "\n");
  return 0;
}

}  // namespace

Command Info() {
  auto format = std::make_shared<std::string>();
  return {.use = "info [OPTIONS]",
          .brief = "Display system-wide information",
          .full_names = "system info, info",
          .args = NoArgs(),
          .flags =
              [format](FlagSet& flags) {
                flags.String(format.get(), "format", 'f', kInspectFormatHelp);
              },
          .run = [format](Invocation& in) { return Run(in, *format); },
          .top_order = 12};
}

}  // namespace buoy::cli
