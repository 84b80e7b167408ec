#include <algorithm>
#include <cstdlib>

#include "cli/command/command.h"
#include "cli/command/version_text.h"

namespace buoy::cli {
namespace {

using Args = std::vector<std::string>;

std::string Trailer(const Found& found, const char* verb) {
  return "\n\nUsage:  " + UseLine(found) + "\n\n" + verb + " '" + found.path +
         " --help' for more information";
}

// cobra's argument rules with Docker's texts; "" = fine.
std::string CheckArgs(const Cli& cli, const Found& found, const Args& args) {
  const Command& command = *found.command;
  const ArgsRule& rule = command.args;
  auto count = static_cast<int>(args.size());
  std::string start = cli.program() + ": '" + found.path + "' ";
  auto arguments = [](int n) { return n == 1 ? " argument" : " arguments"; };
  if (rule.most == 0) {
    if (count == 0) return "";
    if (command.children != nullptr) {
      return cli.program() + ": unknown command: " + found.path + " " + args[0] +
             Trailer(found, "Run");
    }
    return start + "accepts no arguments" + Trailer(found, "Run");
  }
  if (count >= rule.least && (rule.most < 0 || count <= rule.most)) return "";
  if (rule.most < 0) {
    return start + "requires at least " + std::to_string(rule.least) + arguments(rule.least) +
           Trailer(found, "See");
  }
  if (rule.least == rule.most) {
    return start + "requires " + std::to_string(rule.least) + arguments(rule.least) +
           Trailer(found, "Run");
  }
  if (rule.least == 0) {
    return start + "requires at most " + std::to_string(rule.most) + arguments(rule.most) +
           Trailer(found, "SRun");  // sic: Docker 28 says so
  }
  return start + "requires at least " + std::to_string(rule.least) + " and at most " +
         std::to_string(rule.most) + arguments(rule.most) + Trailer(found, "Run");
}

constexpr char kLegacyBuilder[] =
    "DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n"
    "            Install the buildx component to build images with BuildKit:\n"
    "            https://docs.docker.com/go/buildx/\n\n";

// The page of a command, or why this daemon does not have the command.
int ShowHelp(Cli& cli, const Found& found, const FlagSet& flags) {
  Support support(cli);
  if (Status there = support.CheckCommand(found); !there.ok()) {
    cli.Out(there.error().message() + "\n");
    return 0;
  }
  support.HideFlags(flags);
  cli.Out(HelpPage(found, flags, support));
  return 0;
}

int Invoke(Cli& cli, const Found& found, const Args& args) {
  bool builder = std::any_of(found.line.begin(), found.line.end(),
                             [](const Command* command) { return command->legacy_builder; });
  if (builder && cli.program() == "docker") cli.Err(kLegacyBuilder);
  FlagSet flags;
  flags.SetInterspersed(found.command->interspersed);
  if (found.command->flags) found.command->flags(flags);
  auto parsed = flags.Parse(args);
  if (!parsed.ok()) return Exit(cli, 125, parsed.error().message() + Trailer(found, "Run"));
  // pflag's notes: where cobra prints, which is stdout for a flag's and stderr for a shorthand's.
  cli.Err(parsed->notes);
  cli.Out(parsed->flag_notes);
  if (parsed->help) return ShowHelp(cli, found, flags);
  Support support(cli);
  if (Status there = support.CheckCommand(found); !there.ok()) {
    return Exit(cli, 1, there.error().message());
  }
  if (Status there = support.CheckFlags(flags); !there.ok()) {
    return Exit(cli, 1, there.error().message());
  }
  if (std::string wrong = CheckArgs(cli, found, parsed->args); !wrong.empty()) {
    return Exit(cli, 1, wrong);
  }
  if (!found.command->run) {
    cli.Err(HelpPage(found, flags, support));
    return 0;
  }
  Invocation invocation{cli, flags, std::move(parsed->args)};
  auto status = found.command->run(invocation);
  if (status.ok()) return *status;
  return Exit(cli, 1, status.error().message());
}

// Goes down the groups; `keep` holds the children that `found` points into.
Found Descend(const std::string& program, const std::vector<Command>& commands, Args& args,
              std::vector<std::vector<Command>>& keep) {
  Found found{.path = program, .parent = program};
  keep.push_back(commands);
  while (!args.empty()) {
    const std::vector<Command>& level = keep.back();
    auto it = std::find_if(level.begin(), level.end(),
                           [&](const Command& command) { return command.Called(args[0]); });
    if (it == level.end()) break;
    found.command = &*it;
    found.line.push_back(&*it);
    found.parent = found.path;
    found.path += " " + it->name();
    args.erase(args.begin());
    if (it->children == nullptr) break;
    keep.push_back(it->children());
  }
  return found;
}

int Help(Cli& cli, Args topic, const std::vector<Command>& commands, const FlagSet& global) {
  Args rest = topic;
  std::vector<std::vector<Command>> keep;
  keep.reserve(8);
  Found found = Descend(cli.program(), commands, rest, keep);
  if (!rest.empty()) {
    std::string shown;
    for (const std::string& word : rest) shown += (shown.empty() ? "" : " ") + word;
    return Exit(cli, 1, "unknown help topic: " + shown);
  }
  if (found.command == nullptr) {
    cli.Out(RootHelpPage(cli, commands, global, Support(cli)));
    return 0;
  }
  FlagSet flags;
  if (found.command->flags) found.command->flags(flags);
  return ShowHelp(cli, found, flags);
}

bool KnownLevel(const std::string& level) {
  for (const char* known :
       {"panic", "fatal", "error", "warn", "warning", "info", "debug", "trace", ""}) {
    if (level == known) return true;
  }
  return false;
}

void GlobalFlags(FlagSet& flags, GlobalOptions& options) {
  const char* cert_path = getenv("DOCKER_CERT_PATH");
  std::string dir = ConfigFile::DefaultDir();
  std::string certs = cert_path != nullptr && *cert_path != '\0' ? cert_path : dir;
  options.config_dir = dir;
  options.tls_ca = certs + "/ca.pem";
  options.tls_cert = certs + "/cert.pem";
  options.tls_key = certs + "/key.pem";
  const char* verify = getenv("DOCKER_TLS_VERIFY");
  options.tls_verify = verify != nullptr && *verify != '\0';
  const char* tls = getenv("DOCKER_TLS");
  options.tls = tls != nullptr && *tls != '\0';
  flags.String(&options.config_dir, "config", 0, "Location of client config files");
  flags.String(&options.context, "context", 'c',
               "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var "
               "and default context set with \"docker context use\")");
  flags.Bool(&options.debug, "debug", 'D', "Enable debug mode");
  flags.List(&options.hosts, "host", 'H', "Daemon socket to connect to");
  flags.String(&options.log_level, "log-level", 'l',
               "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")");
  flags.Bool(&options.tls, "tls", 0, "Use TLS; implied by --tlsverify");
  flags.String(&options.tls_ca, "tlscacert", 0, "Trust certs signed only by this CA");
  flags.String(&options.tls_cert, "tlscert", 0, "Path to TLS certificate file");
  flags.String(&options.tls_key, "tlskey", 0, "Path to TLS key file");
  flags.Bool(&options.tls_verify, "tlsverify", 0, "Use TLS and verify the remote");
  flags.Bool(&options.version, "version", 'v', "Print version information and quit");
}

}  // namespace

int Exit(const Cli& cli, int status, std::string_view text) {
  if (!text.empty()) cli.Err(std::string(text) + "\n");
  return status;
}

int RunCli(Cli& cli, const Args& args, const std::vector<Command>& commands) {
  FlagSet global;
  global.SetInterspersed(false);
  GlobalOptions& options = cli.options();
  GlobalFlags(global, options);
  auto parsed = global.Parse(args);
  if (!parsed.ok()) {
    return Exit(cli, 125,
                parsed.error().message() + "\n\nUsage:  " + cli.program() +
                    " [OPTIONS] COMMAND [ARG...]\n\nRun '" + cli.program() +
                    " --help' for more information");
  }
  options.tls_verify_given = global.Changed("tlsverify");
  options.tls_cert_given = global.Changed("tlscert");
  options.tls_key_given = global.Changed("tlskey");
  if (!KnownLevel(options.log_level)) {
    return Exit(cli, 1, "Unable to parse logging level: " + options.log_level);
  }
  if (Status status = cli.Initialize(); !status.ok()) return Exit(cli, 1, status.error().message());
  cli.Err(parsed->notes);
  Args rest = std::move(parsed->args);
  if (parsed->help) return Help(cli, {}, commands, global);
  if (options.version) {
    cli.Out(VersionLine(cli.program()));
    return 0;
  }
  if (rest.empty()) {
    cli.Err(RootHelpPage(cli, commands, global, Support(cli)));
    return 0;
  }
  if (rest[0] == "help") {
    rest.erase(rest.begin());
    return Help(cli, rest, commands, global);
  }
  std::vector<std::vector<Command>> keep;
  keep.reserve(8);  // `found` points into it
  Found found = Descend(cli.program(), commands, rest, keep);
  if (found.command == nullptr) {
    return Exit(cli, 1,
                cli.program() + ": unknown command: " + cli.program() + " " + rest[0] +
                    "\n\nRun '" + cli.program() + " --help' for more information");
  }
  return Invoke(cli, found, rest);
}

}  // namespace buoy::cli
