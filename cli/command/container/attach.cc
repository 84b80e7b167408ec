#include <unistd.h>

#include "cli/command/container/container.h"
#include "cli/command/container/run_container.h"
#include "cli/command/container/stream.h"

namespace buoy::cli {
namespace {

struct Options {
  bool no_stdin = false;
  bool sig_proxy = true;
  std::string detach_keys;
};

Result<Value> InspectRunning(Cli& cli, const std::string& id) {
  BUOY_ASSIGN(Value container, InspectContainer(cli, id));
  const Value& state = container.At("State");
  if (!state.Bool("Running")) {
    return Conflict("You cannot attach to a stopped container, start it first");
  }
  if (state.Bool("Paused")) {
    return Conflict("You cannot attach to a paused container, unpause it first");
  }
  if (state.Bool("Restarting")) {
    return Conflict("You cannot attach to a restarting container, wait until it is running");
  }
  return container;
}

Result<int> Run(Invocation& in, const Options& options) {
  const std::string& id = in.args[0];
  BUOY_ASSIGN(Value container, InspectRunning(in.cli, id));
  bool tty = container.At("Config").Bool("Tty");
  BUOY_TRY(CheckTty(!options.no_stdin, tty));
  if (options.sig_proxy && !tty) ForwardSignals(in.cli, id);
  BUOY_ASSIGN(auto wait, OpenWait(in.cli, id, ""));
  StreamOptions streams;
  streams.stdin_attached = !options.no_stdin && container.At("Config").Bool("OpenStdin");
  streams.tty = tty;
  streams.detach_keys =
      options.detach_keys.empty() ? in.cli.config().Get("detachKeys") : options.detach_keys;
  BUOY_ASSIGN(api::HijackedStream connection, AttachContainer(in.cli, id, streams));
  // The container may have stopped in between: the attach would then hang.
  BUOY_TRY(InspectRunning(in.cli, id));
  if (tty && IsTerminal(STDOUT_FILENO)) {
    // Another size and back makes the program in the container draw its screen again.
    WindowSize size = TerminalSize(STDOUT_FILENO);
    ResizeTerminal(in.cli, id, false, {size.height + 1, size.width + 1});
    MonitorTerminalSize(in.cli, id, false);
  }
  BUOY_ASSIGN(ContainerStream * stream,
              ContainerStream::Start(in.cli, std::move(connection), streams));
  BUOY_TRY(stream->Wait());
  BUOY_ASSIGN(WaitResult result, ReadWait(*wait));
  if (!result.error.empty()) return Internal(result.error);
  return result.status;
}

}  // namespace

Command ContainerAttach() {
  auto options = std::make_shared<Options>();
  return {.use = "attach [OPTIONS] CONTAINER",
          .brief = "Attach local standard input, output, and error streams to a running container",
          .full_names = "container attach, attach",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->no_stdin, "no-stdin", 0, "Do not attach STDIN");
                flags.Bool(&options->sig_proxy, "sig-proxy", 0,
                           "Proxy all received signals to the process");
                flags.String(&options->detach_keys, "detach-keys", 0,
                             "Override the key sequence for detaching a container");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
