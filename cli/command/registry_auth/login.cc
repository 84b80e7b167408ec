#include <unistd.h>

#include "cli/command/registry_auth/registry_auth.h"
#include "cli/command/terminal.h"
#include "cli/config/auth.h"
#include "cli/opts/text.h"
#include "common/archive/stream.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string user, password;
  bool password_stdin = false;
};

constexpr char kNoTerminal[] = "Error: Cannot perform an interactive login from a non TTY device";

// The registry's host of what the user typed; Docker Hub has its own key.
std::string ServerKey(const std::string& typed) {
  if (typed.empty() || typed == "registry-1.docker.io") return kDockerHubServer;
  std::string host = typed;
  if (size_t scheme = host.find("://"); scheme != std::string::npos) host.erase(0, scheme + 3);
  return AuthKey(host.substr(0, host.find('/')));
}

Status CheckOptions(Invocation& in, Options& options) {
  if (in.flags.Changed("password")) {
    if (options.password_stdin) {
      return InvalidArgument(
          "conflicting options: cannot specify both --password and "
          "--password-stdin");
    }
    in.cli.Err("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
  }
  if (!options.password_stdin) return Ok();
  if (options.user.empty()) {
    return InvalidArgument("the --password-stdin option requires --username to be set");
  }
  FdSource input(STDIN_FILENO);
  BUOY_ASSIGN(options.password, ReadAll(input));
  while (options.password.ends_with('\n') || options.password.ends_with('\r')) {
    options.password.pop_back();
  }
  return Ok();
}

Result<AuthConfig> AskUser(Cli& cli, const Options& options, const std::string& server,
                           const std::string& known_user) {
  AuthConfig auth;
  auth.server_address = server;
  auth.username = options.user;
  auth.password = options.password;
  if (!auth.username.empty() && !auth.password.empty()) return auth;
  if (!IsTerminal(STDIN_FILENO)) return InvalidArgument(kNoTerminal);
  if (auth.username.empty()) {
    std::string known = known_user.empty() ? "" : " (" + known_user + ")";
    BUOY_ASSIGN(auth.username, Prompt(cli, "Username" + known + ": ", false));
    if (auth.username.empty()) auth.username = known_user;
    if (auth.username.empty()) return InvalidArgument("Error: Non-null Username Required");
  }
  if (auth.password.empty()) {
    BUOY_ASSIGN(auth.password, Prompt(cli, "Password: ", true));
    cli.Out("\n");
    if (auth.password.empty()) return InvalidArgument("Error: Password Required");
  }
  return auth;
}

// POST /auth; what the registry said, or an error.
Result<std::string> Authenticate(Cli& cli, AuthConfig& auth) {
  Value body = Value::Object();
  auto set = [&](const char* key, const std::string& text) {
    if (!text.empty()) body.Set(key, text);
  };
  set("username", auth.username);
  set("password", auth.password);
  set("serveraddress", auth.server_address);
  set("identitytoken", auth.identity_token);
  BUOY_ASSIGN(api::Reply reply, cli.Do("POST", "/auth", {}, body.Dump(true)));
  if (reply.body.empty()) return std::string("Login Succeeded");
  BUOY_ASSIGN(Value answer, Value::Parse(reply.body));
  if (!answer.Str("IdentityToken").empty()) {
    auth.password.clear();
    auth.identity_token = answer.Str("IdentityToken");
  }
  return answer.Str("Status");
}

void WarnOfPlainText(Cli& cli, const std::string& server) {
  if (!cli.config().Get("credsStore").empty() ||
      !cli.config().root().At("credHelpers").Str(server).empty()) {
    return;
  }
  cli.Err("\nWARNING! Your credentials are stored unencrypted in '" + cli.config().path() +
          "'.\nConfigure a credential helper to remove this warning. See\n"
          "https://docs.docker.com/go/credential-store/\n\n");
}

Result<int> Run(Invocation& in, Options& options) {
  Cli& cli = in.cli;
  BUOY_TRY(CheckOptions(in, options));
  std::string server = ServerKey(in.args.empty() ? "" : in.args[0]);
  Result<std::string> said = std::string();
  AuthConfig auth;
  // Stored credentials are tried first when none are given.
  bool given = !options.user.empty() || !options.password.empty();
  auto stored = FindAuth(cli.config(), server);
  bool done = false;
  if (!given && stored.ok() && !stored->username.empty()) {
    auth = *stored;
    auth.server_address = server;
    cli.Out("Authenticating with existing credentials... [Username: " + auth.username + "]\n");
    said = Authenticate(cli, auth);
    done = said.ok();
    if (!done) cli.Err("Login did not succeed, error: " + said.error().message() + "\n");
  }
  if (!done) {
    BUOY_ASSIGN(auth, AskUser(cli, options, server, stored.ok() ? stored->username : ""));
    said = Authenticate(cli, auth);
    if (!said.ok()) return std::move(said).error();
  }
  BUOY_TRY(StoreAuth(cli.config(), auth));
  WarnOfPlainText(cli, server);
  if (!said->empty()) cli.Out(*said + "\n");
  return 0;
}

}  // namespace

Command Login() {
  auto options = std::make_shared<Options>();
  return {.use = "login [OPTIONS] [SERVER]",
          .brief = "Authenticate to a registry",
          .long_text =
              "Authenticate to a registry.\nDefaults to Docker Hub if no server is "
              "specified.",
          .args = MaxArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->user, "username", 'u', "Username");
                flags.String(&options->password, "password", 'p',
                             "Password or Personal Access Token (PAT)");
                flags.Bool(&options->password_stdin, "password-stdin", 0,
                           "Take the Password or Personal Access Token (PAT) from stdin");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .top_order = 8};
}

}  // namespace buoy::cli
