#include <unistd.h>

#include "cli/command/container/container.h"
#include "cli/command/container/exit_status.h"
#include "cli/command/container/stream.h"
#include "cli/opts/env_file.h"
#include "cli/opts/validate.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string detach_keys, user, workdir;
  bool interactive = false, tty = false, detach = false, privileged = false;
  std::vector<std::string> env, env_files;
};

Value ConsoleSize() {
  WindowSize size = TerminalSize(STDOUT_FILENO);
  return ValueList{static_cast<int64_t>(size.height), static_cast<int64_t>(size.width)};
}

Result<Value> ExecConfig(const Options& options, const std::vector<std::string>& args,
                         const std::string& detach_keys) {
  BUOY_ASSIGN(auto env, opts::ReadEnv(options.env_files, options.env));
  Value config = Value::Object();
  config.Set("User", options.user);
  config.Set("Privileged", options.privileged);
  config.Set("Tty", options.tty);
  if (options.tty) config.Set("ConsoleSize", ConsoleSize());
  config.Set("AttachStdin", options.interactive && !options.detach);
  config.Set("AttachStderr", !options.detach);
  config.Set("AttachStdout", !options.detach);
  config.Set("Detach", options.detach);
  config.Set("DetachKeys", detach_keys);
  config.Set("Env", env.empty() ? Value() : Value::Strings(env));
  config.Set("WorkingDir", options.workdir);
  config.Set("Cmd", Value::Strings({args.begin() + 1, args.end()}));
  return config;
}

// The daemon may be away while the exec went on: its supervisor held the stream.
Result<int> ExitStatus(Cli& cli, const std::string& exec) {
  BUOY_ASSIGN(Value inspected, GetPatiently(cli, "/exec/" + exec + "/json"));
  return static_cast<int>(inspected.Int("ExitCode"));
}

Result<int> Run(Invocation& in, const Options& options) {
  Cli& cli = in.cli;
  std::string detach_keys =
      options.detach_keys.empty() ? cli.config().Get("detachKeys") : options.detach_keys;
  BUOY_ASSIGN(Value config, ExecConfig(options, in.args, detach_keys));
  // "No such container" comes before "not a TTY", and no exec is left behind for the latter.
  BUOY_TRY(InspectContainer(cli, in.args[0]));
  if (!options.detach) BUOY_TRY(CheckTty(options.interactive, options.tty));
  BUOY_ASSIGN(std::string path, ContainerPath(in.args[0], "/exec"));
  BUOY_ASSIGN(api::Reply reply, cli.Do("POST", path, {}, config.Dump(true)));
  BUOY_ASSIGN(Value created, Value::Parse(reply.body));
  const std::string& exec = created.Str("Id");
  if (exec.empty()) return Internal("exec ID empty");

  Value start = Value::Object();
  start.Set("Detach", options.detach);
  start.Set("Tty", options.tty);
  if (options.tty) start.Set("ConsoleSize", ConsoleSize());
  std::string start_path = "/exec/" + exec + "/start";
  if (options.detach) {
    BUOY_TRY(cli.Do("POST", start_path, {}, start.Dump()));
    return 0;
  }
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(api::HijackedStream connection,
              client->Hijack({.method = "POST", .path = start_path, .json = start.Dump()}));
  // Before any thread exists, so that all of them leave SIGWINCH to the monitor.
  if (options.tty && IsTerminal(STDIN_FILENO)) MonitorTerminalSize(cli, exec, true);
  StreamOptions streams;
  streams.stdin_attached = options.interactive;
  streams.tty = options.tty;
  streams.detach_keys = detach_keys;
  BUOY_ASSIGN(ContainerStream * stream,
              ContainerStream::Start(cli, std::move(connection), streams));
  BUOY_TRY(stream->Wait());
  return ExitStatus(cli, exec);
}

}  // namespace

Command ContainerExec() {
  auto options = std::make_shared<Options>();
  return {.use = "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
          .brief = "Execute a command in a running container",
          .full_names = "container exec, exec",
          .args = MinArgs(2),
          .interspersed = false,
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->detach_keys, "detach-keys", 0,
                             "Override the key sequence for detaching a container");
                flags.Bool(&options->interactive, "interactive", 'i',
                           "Keep STDIN open even if not attached");
                flags.Bool(&options->tty, "tty", 't', "Allocate a pseudo-TTY");
                flags.Bool(&options->detach, "detach", 'd',
                           "Detached mode: run command in the background");
                flags.String(&options->user, "user", 'u',
                             "Username or UID (format: \"<name|uid>[:<group|gid>]\")");
                flags.Bool(&options->privileged, "privileged", 0,
                           "Give extended privileges to the command");
                flags.List(&options->env, "env", 'e', "Set environment variables",
                           opts::ValidateEnv);
                flags.List(&options->env_files, "env-file", 0,
                           "Read in a file of environment variables");
                flags.String(&options->workdir, "workdir", 'w',
                             "Working directory inside the container");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .top_order = 2};
}

}  // namespace buoy::cli
