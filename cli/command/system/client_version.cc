#include "cli/command/system/client_version.h"

#include "cli/command/version_text.h"

namespace buoy::cli {
namespace {

#if defined(__aarch64__)
constexpr char kArch[] = "arm64";
#else
constexpr char kArch[] = "amd64";
#endif

void AddBuild(Value& out) {
  out.Set("GitCommit", kClientCommit)
      .Set("GoVersion", "none (C++20)")
      .Set("Os", "linux")
      .Set("Arch", kArch)
      .Set("BuildTime", "");
}

}  // namespace

Value ClientVersion(Cli& cli, const std::string& api_version) {
  Value client = Value::Object();
  client.Set("Version", kClientVersion)
      .Set("ApiVersion", api_version)
      .Set("DefaultAPIVersion", kClientApiVersion);
  AddBuild(client);
  client.Set("Context", CurrentContext(cli.options(), cli.config()));
  auto type = std::make_shared<GoType>();
  type->name = "system.clientVersion";
  type->field_names = {{"APIVersion", "ApiVersion"}};
  return client.WithType(std::move(type));
}

Value ClientInfo(Cli& cli) {
  Value client = Value::Object();
  client.Set("Debug", cli.debug())
      .Set("Version", kClientVersion)
      .Set("DefaultAPIVersion", kClientApiVersion);
  AddBuild(client);
  client.Set("Context", CurrentContext(cli.options(), cli.config()))
      .Set("Plugins", ValueList{})
      .Set("Warnings", Value());
  return client;
}

}  // namespace buoy::cli
