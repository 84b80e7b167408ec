#include <unistd.h>

#include "cli/command/container/container.h"
#include "cli/command/container/create_container.h"
#include "cli/command/container/run_container.h"

namespace buoy::cli {
namespace {

struct Options {
  CreateOptions create;
  ContainerOptions container;
  bool detach = false;
  bool sig_proxy = true;
  std::string detach_keys;
};

// 127: no such program, 126: it cannot be run, 125: anything else that the daemon says.
int Fail(Cli& cli, const Error& error) {
  const std::string& text = error.message();
  auto has = [&](const char* part) { return text.find(part) != std::string::npos; };
  int status = 125;
  if (has("executable file not found") || has("no such file or directory") ||
      has("system cannot find the file specified")) {
    status = 127;
  } else if (has("permission denied") || has("is a directory")) {
    status = 126;
  }
  return Exit(cli, status, WithHelp(cli, text, "run"));
}

Result<int> RunDetached(Cli& cli, const std::string& id, bool sig_proxy) {
  if (sig_proxy) ForwardSignals(cli, id);
  cli.Out(id + "\n");
  if (Status started = PostContainer(cli, id, "/start"); !started.ok()) {
    return Fail(cli, started.error());
  }
  return 0;
}

Result<int> RunAttached(Cli& cli, const std::string& id, const types::ContainerConfig& config,
                        bool removes, const Options& options) {
  if (options.sig_proxy) ForwardSignals(cli, id);
  StreamOptions streams;
  streams.stdin_attached = config.attach_stdin;
  streams.stdout_attached = config.attach_stdout;
  streams.stderr_attached = config.attach_stderr;
  streams.tty = config.tty;
  streams.detach_keys =
      options.detach_keys.empty() ? cli.config().Get("detachKeys") : options.detach_keys;
  BUOY_ASSIGN(api::HijackedStream connection, AttachContainer(cli, id, streams));
  // The wait is registered before the start, or a short run could be missed.
  auto wait = OpenWait(cli, id, removes ? "removed" : "next-exit");
  BUOY_ASSIGN(ContainerStream * stream,
              ContainerStream::Start(cli, std::move(connection), streams));
  Status started = wait.ok() ? PostContainer(cli, id, "/start") : Status(wait.error());
  if (!started.ok()) {
    stream->Cancel();
    if (wait.ok() && removes) (void)ReadWait(**wait);
    return Fail(cli, started.error());
  }
  if (config.tty && IsTerminal(STDOUT_FILENO)) MonitorTerminalSize(cli, id, false);
  if (!stream->has_output()) {
    // Nothing to read to the end: the exit status ends it, or the detach keys.
    int status = ExitStatusOf(cli, id, **wait);
    stream->Cancel();
    return status;
  }
  Status streamed = stream->Wait();
  if (!streamed.ok()) {
    if (IsDetach(streamed.error())) return 0;
    return std::move(streamed).error();
  }
  return ExitStatusOf(cli, id, **wait);
}

Result<int> Run(Invocation& in, Options& options) {
  Cli& cli = in.cli;
  auto request = BuildRequest(cli, in.flags, options.create, options.container, in.args);
  if (!request.ok()) return Exit(cli, 125, WithHelp(cli, request.error().message(), "run"));
  types::ContainerConfig& config = request->config;
  if (options.detach) {
    if (!options.container.attach().empty()) {
      return InvalidArgument("conflicting options: cannot specify both --attach and --detach");
    }
    config.attach_stdin = config.attach_stdout = config.attach_stderr = config.stdin_once = false;
  } else {
    BUOY_TRY(CheckTty(config.attach_stdin, config.tty));
  }
  auto id = CreateContainer(cli, *request, options.create);
  if (!id.ok()) return Fail(cli, id.error());
  if (!config.attach_stdin && !config.attach_stdout && !config.attach_stderr) {
    return RunDetached(cli, *id, options.sig_proxy);
  }
  return RunAttached(cli, *id, config, request->host_config.auto_remove, options);
}

}  // namespace

Command ContainerRun() {
  auto options = std::make_shared<Options>();
  return {.use = "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
          .brief = "Create and run a new container from an image",
          .full_names = "container run, run",
          .args = MinArgs(1),
          .interspersed = false,
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->detach, "detach", 'd',
                           "Run container in background and print container ID");
                flags.Bool(&options->sig_proxy, "sig-proxy", 0,
                           "Proxy received signals to the process");
                flags.String(&options->detach_keys, "detach-keys", 0,
                             "Override the key sequence for detaching a container");
                AddCreateFlags(flags, options->create,
                               "Pull image before running (\"always\", \"missing\", \"never\")");
                options->container.AddFlags(flags);
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .top_order = 1};
}

}  // namespace buoy::cli
