#include <unistd.h>

#include "cli/command/container/container.h"
#include "cli/command/container/run_container.h"
#include "cli/command/list.h"

namespace buoy::cli {
namespace {

struct Options {
  bool attach = false, interactive = false;
  std::string detach_keys, checkpoint, checkpoint_dir;

  api::Query ToQuery() const {
    return api::Query().AddIf("checkpoint", checkpoint).AddIf("checkpoint-dir", checkpoint_dir);
  }
};

Result<int> StartAttached(Invocation& in, const Options& options) {
  if (in.args.size() > 1) {
    return InvalidArgument("you cannot start and attach multiple containers at once");
  }
  Cli& cli = in.cli;
  BUOY_ASSIGN(Value container, InspectContainer(cli, in.args[0]));
  const std::string& id = container.Str("Id");
  bool tty = container.At("Config").Bool("Tty");
  if (!tty) ForwardSignals(cli, id);
  StreamOptions streams;
  streams.stdin_attached = options.interactive && container.At("Config").Bool("OpenStdin");
  streams.tty = tty;
  streams.detach_keys =
      options.detach_keys.empty() ? cli.config().Get("detachKeys") : options.detach_keys;
  BUOY_ASSIGN(api::HijackedStream connection, AttachContainer(cli, id, streams));
  BUOY_ASSIGN(ContainerStream * stream,
              ContainerStream::Start(cli, std::move(connection), streams));
  bool removes = container.At("HostConfig").Bool("AutoRemove");
  auto wait = OpenWait(cli, id, removes ? "removed" : "next-exit");
  Status started =
      wait.ok() ? PostContainer(cli, id, "/start", options.ToQuery()) : Status(wait.error());
  if (!started.ok()) {
    stream->Cancel();
    if (wait.ok() && removes) (void)ReadWait(**wait);
    return std::move(started).error();
  }
  if (tty && IsTerminal(STDOUT_FILENO)) MonitorTerminalSize(cli, id, false);
  Status streamed = stream->Wait();
  if (!streamed.ok()) {
    if (IsDetach(streamed.error())) return 0;
    return std::move(streamed).error();
  }
  return ExitStatusOf(cli, id, **wait);
}

Result<int> Run(Invocation& in, const Options& options) {
  if (options.attach || options.interactive) return StartAttached(in, options);
  if (!options.checkpoint.empty() && in.args.size() > 1) {
    return InvalidArgument("you cannot restore multiple containers at once");
  }
  std::vector<std::string> failed;
  for (const std::string& id : in.args) {
    Status started = PostContainer(in.cli, id, "/start", options.ToQuery());
    if (started.ok()) {
      in.cli.Out(id + "\n");
    } else {
      in.cli.Err(started.error().message() + "\n");
      failed.push_back(id);
    }
  }
  if (failed.empty()) return 0;
  return Internal("Error: failed to start containers: " + Join(failed, ", "));
}

}  // namespace

Command ContainerStart() {
  auto options = std::make_shared<Options>();
  return {.use = "start [OPTIONS] CONTAINER [CONTAINER...]",
          .brief = "Start one or more stopped containers",
          .full_names = "container start, start",
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->attach, "attach", 'a',
                           "Attach STDOUT/STDERR and forward signals");
                flags.Bool(&options->interactive, "interactive", 'i', "Attach container's STDIN");
                flags.String(&options->detach_keys, "detach-keys", 0,
                             "Override the key sequence for detaching a container");
                flags.String(&options->checkpoint, "checkpoint", 0, "Restore from this checkpoint")
                    .Experimental();
                flags
                    .String(&options->checkpoint_dir, "checkpoint-dir", 0,
                            "Use a custom checkpoint storage directory")
                    .Experimental();
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
