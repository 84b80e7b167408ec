#include "cli/command/registry_auth/registry_auth.h"
#include "cli/config/auth.h"

namespace buoy::cli {
namespace {

std::string WithoutScheme(std::string server) {
  if (size_t scheme = server.find("://"); scheme != std::string::npos) server.erase(0, scheme + 3);
  return server.substr(0, server.find('/'));
}

Result<int> Run(Invocation& in) {
  bool hub = in.args.empty() || AuthKey(WithoutScheme(in.args[0])) == kDockerHubServer;
  std::string host = hub ? kDockerHubServer : WithoutScheme(in.args[0]);
  // Old clients stored under a URL.
  std::vector<std::string> keys = {host};
  if (!hub) {
    for (const std::string& key : {in.args[0], "http://" + host, "https://" + host}) {
      if (key != host) keys.push_back(key);
    }
  }
  in.cli.Out("Removing login credentials for " + host + "\n");
  for (const std::string& key : keys) {
    auto erased = EraseAuth(in.cli.config(), key);
    if (!erased.ok()) {
      in.cli.Err("WARNING: could not erase credentials:\n" + key + ": " + erased.error().message() +
                 "\n");
    }
  }
  return 0;
}

}  // namespace

Command Logout() {
  return {.use = "logout [SERVER]",
          .brief = "Log out from a registry",
          .long_text =
              "Log out from a registry.\nIf no server is specified, the default is "
              "defined by the daemon.",
          .args = MaxArgs(1),
          .run = Run,
          .top_order = 9};
}

}  // namespace buoy::cli
