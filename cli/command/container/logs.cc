#include "cli/command/container/container.h"
#include "cli/command/when.h"
#include "common/gotime/time.h"
#include "common/stream/frame.h"

namespace buoy::cli {
namespace {

struct Options {
  bool follow = false, timestamps = false, details = false;
  std::string since, until, tail = "all";
};

Status Copy(Cli& cli, api::ReplyStream& from, bool tty) {
  std::string buffer(32 * 1024, '\0');
  stream::FrameReader frames;
  while (true) {
    BUOY_ASSIGN(size_t got, from.Read(buffer));
    if (got == 0) return Ok();
    std::string_view data(buffer.data(), got);
    if (tty) {
      cli.Out(data);
      continue;
    }
    stream::StreamType type;
    std::string_view piece;
    while (frames.Next(&data, &type, &piece)) {
      if (type == stream::StreamType::kSystemError) {
        return Internal("error from daemon in stream: " + std::string(piece));
      }
      type == stream::StreamType::kStderr ? cli.Err(piece) : cli.Out(piece);
    }
    if (frames.broken()) return Internal("unrecognized input header");
  }
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(Value container, InspectContainer(in.cli, in.args[0]));
  api::Query query = {{"stdout", "1"}, {"stderr", "1"}};
  gotime::Time now = gotime::Now();
  if (!options.since.empty()) {
    BUOY_ASSIGN_CONTEXT(std::string since, ParseWhen(options.since, now),
                        "invalid value for \"since\"");
    query.Add("since", since);
  }
  if (!options.until.empty()) {
    BUOY_ASSIGN_CONTEXT(std::string until, ParseWhen(options.until, now),
                        "invalid value for \"until\"");
    query.Add("until", until);
  }
  query.AddFlag("timestamps", options.timestamps)
      .AddFlag("details", options.details)
      .AddFlag("follow", options.follow)
      .Add("tail", options.tail);
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  BUOY_ASSIGN(std::string path, ContainerPath(container.Str("Id"), "/logs"));
  BUOY_ASSIGN(auto stream, client->Open({.path = path, .query = query}));
  BUOY_TRY(Copy(in.cli, *stream, container.At("Config").Bool("Tty")));
  return 0;
}

}  // namespace

Command ContainerLogs() {
  auto options = std::make_shared<Options>();
  return {.use = "logs [OPTIONS] CONTAINER",
          .brief = "Fetch the logs of a container",
          .full_names = "container logs, logs",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->follow, "follow", 'f', "Follow log output");
                flags.String(
                    &options->since, "since", 0,
                    "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative "
                    "(e.g. \"42m\" for 42 minutes)");
                flags.String(&options->until, "until", 0,
                             "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or "
                             "relative (e.g. \"42m\" for 42 minutes)");
                flags.Bool(&options->timestamps, "timestamps", 't', "Show timestamps");
                flags.Bool(&options->details, "details", 0, "Show extra details provided to logs");
                flags.String(&options->tail, "tail", 'n',
                             "Number of lines to show from the end of the logs");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
