#include <chrono>
#include <thread>

#include "cli/command/container/container.h"
#include "cli/command/container/stats_collector.h"
#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/system/daemon_kind.h"
#include "cli/formatter/json_lines.h"

namespace buoy::cli {
namespace {

constexpr auto kTick = std::chrono::milliseconds(500);
constexpr auto kRetryPause = std::chrono::milliseconds(200);
constexpr char kHome[] = "\x1b[H";
constexpr char kClearLine[] = " \x1b[K\n";
constexpr char kClearBelow[] = "\x1b[J";

Status AddListed(Cli& cli, StatsCollector& collector, bool all) {
  BUOY_ASSIGN(Value list, cli.Get("/containers/json", api::Query().AddFlag("all", all)));
  for (const Value& container : list.List()) {
    const std::string& id = container.Str("Id");
    collector.Add(id.substr(0, 12), id);
  }
  return Ok();
}

// Containers that come and go while all of them are shown.
Status WatchOnce(Cli& cli, StatsCollector& collector, bool all) {
  Filters filters;
  filters.Add("type", "container");
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(auto stream,
              client->Open({.path = "/events", .query = {{"filters", filters.Json()}}}));
  BUOY_TRY(AddListed(cli, collector, all));
  JsonLines lines(*stream);
  while (true) {
    BUOY_ASSIGN(auto event, lines.Next());
    if (!event) return Ok();
    const std::string& action = event->Str("Action");
    const std::string& id = event->At("Actor").Str("ID");
    if (action == "start" || (all && action == "create")) collector.Add(id.substr(0, 12), id);
    if (action == "destroy" || (!all && action == "die")) collector.Remove(id);
  }
}

void Watch(Cli& cli, StatsCollector& collector, bool all, bool survives) {
  do {
    (void)WatchOnce(cli, collector, all);
    std::this_thread::sleep_for(kRetryPause);
  } while (survives);
}

Result<std::string> Table(StatsCollector& collector, const std::string& format, bool trunc) {
  ValueList rows;
  for (const StatsSample& sample : collector.Samples()) rows.push_back(StatsRow(sample, trunc));
  return FormatRows(format, StatsHeader(), rows);
}

// The frame, then once more with what is left of the one before it wiped out, as Docker draws it.
std::string Frame(const std::string& text) {
  std::string out = kHome + text + kHome;
  size_t at = 0;
  while (true) {
    size_t end = text.find('\n', at);
    out += text.substr(at, end - at) + kClearLine;
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return out + kClearBelow;
}

Status FirstError(StatsCollector& collector) {
  std::string text;
  for (const Error& error : collector.TakeErrors()) {
    text += (text.empty() ? "" : "\n") + error.message();
  }
  return text.empty() ? Ok() : Status(Internal(text));
}

Result<int> Run(Invocation& in, const StatsOptions& options) {
  Cli& cli = in.cli;
  std::string format = ListFormat(options.format, cli.config().Get("statsFormat"));
  if (format == "table") {
    format =
        "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t"
        "{{.BlockIO}}\t{{.PIDs}}";
  }
  bool stream = !options.no_stream;
  bool survives = stream && IsBuoyDaemon(cli);
  auto& collector = *new StatsCollector(cli, stream, survives);
  bool everything = in.args.empty();
  if (everything) {
    BUOY_TRY(AddListed(cli, collector, options.all));
    if (stream) {
      std::thread([&cli, &collector, all = options.all, survives] {
        Watch(cli, collector, all, survives);
      }).detach();
    }
  } else {
    for (const std::string& name : in.args) collector.Add(name);
  }
  collector.WaitForFirst();
  if (!everything) BUOY_TRY(FirstError(collector));
  while (true) {
    BUOY_ASSIGN(std::string text, Table(collector, format, !options.no_trunc));
    cli.Out(stream ? Frame(text) : text);
    if (!stream || (!everything && collector.empty())) return 0;
    std::this_thread::sleep_for(kTick);
    (void)collector.TakeErrors();
  }
}

}  // namespace

Command ContainerStats() {
  auto options = std::make_shared<StatsOptions>();
  return {.use = "stats [OPTIONS] [CONTAINER...]",
          .brief = "Display a live stream of container(s) resource usage statistics",
          .full_names = "container stats, stats",
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->all, "all", 'a',
                           "Show all containers (default shows just running)");
                flags.Bool(&options->no_stream, "no-stream", 0,
                           "Disable streaming stats and only pull the first result");
                flags.Bool(&options->no_trunc, "no-trunc", 0, "Do not truncate output");
                flags.String(&options->format, "format", 0, kFormatHelp);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
