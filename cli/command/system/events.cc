#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

#include "cli/command/filters.h"
#include "cli/command/inspect_run.h"
#include "cli/command/list.h"
#include "cli/command/system/daemon_kind.h"
#include "cli/command/system/event_text.h"
#include "cli/command/system/system.h"
#include "cli/command/when.h"
#include "cli/formatter/json_lines.h"
#include "cli/formatter/template.h"
#include "common/gotime/duration.h"

namespace buoy::cli {
namespace {

constexpr auto kRetryPause = std::chrono::milliseconds(200);

struct Options {
  std::string since, until, format;
  Filters filters;
};

// The events of the last moments: a new stream starts a little before the newest one, so that none
// is lost that the daemon told late, and what it repeats is left out.
class SeenEvents {
 public:
  explicit SeenEvents(int64_t started_ns) : newest_(started_ns), started_(started_ns) {}

  // False when the event was printed before.
  bool Add(int64_t time_ns, const std::string& text) {
    bool added = events_.emplace(time_ns, text).second;
    newest_ = std::max(newest_, time_ns);
    while (!events_.empty() && events_.begin()->first < newest_ - kMemoryNs) {
      events_.erase(events_.begin());
    }
    return added;
  }
  std::string Since() const { return EventTimestamp(std::max(newest_ - kOverlapNs, started_)); }

 private:
  static constexpr int64_t kOverlapNs = 2 * gotime::kSecond;
  static constexpr int64_t kMemoryNs = 10 * gotime::kSecond;
  int64_t newest_, started_;
  std::set<std::pair<int64_t, std::string>> events_;
};

class EventPrinter {
 public:
  EventPrinter(Cli& cli, std::optional<Template> format)
      : cli_(cli), format_(std::move(format)), seen_(gotime::NowNs()) {}

  Status Print(const std::string& text) {
    BUOY_ASSIGN(Value event, Value::Parse(text));
    if (!seen_.Add(EventTimeNs(event), event.Dump())) return Ok();
    if (!format_) {
      cli_.Out(EventText(event));
      return Ok();
    }
    BUOY_ASSIGN(std::string line, FormatEvent(*format_, event));
    cli_.Out(line + "\n");
    return Ok();
  }
  SeenEvents& seen() { return seen_; }

 private:
  Cli& cli_;
  std::optional<Template> format_;
  SeenEvents seen_;
};

// One stream to its end.
Status Follow(Cli& cli, const api::Query& query, EventPrinter& printer) {
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(auto stream, client->Open({.path = "/events", .query = query}));
  JsonLines lines(*stream);
  while (true) {
    BUOY_ASSIGN(auto text, lines.NextText());
    if (!text) return Ok();
    BUOY_TRY(printer.Print(*text));
  }
}

Result<int> Run(Invocation& in, const Options& options) {
  std::optional<Template> format;
  if (!options.format.empty()) {
    auto parsed = ParseEventFormat(options.format);
    if (!parsed.ok()) {
      return Exit(in.cli, 64, "Error parsing format: " + parsed.error().message());
    }
    format = *std::move(parsed);
  }
  gotime::Time now = gotime::Now();
  api::Query query;
  std::string until;
  if (!options.since.empty()) {
    BUOY_ASSIGN(std::string since, ParseWhen(options.since, now));
    query.Add("since", since);
  }
  if (!options.until.empty()) {
    BUOY_ASSIGN(until, ParseWhen(options.until, now));
    query.Add("until", until);
  }
  query.AddIf("filters", options.filters.Json());
  EventPrinter printer(in.cli, std::move(format));
  // Only Buoy keeps what happened while it was away.
  bool follows_restarts = IsBuoyDaemon(in.cli);
  Status status = Follow(in.cli, query, printer);
  while (follows_restarts && DaemonWentAway(status) && !TimestampPassed(until)) {
    std::this_thread::sleep_for(kRetryPause);
    api::Query again = {{"since", printer.seen().Since()}};
    again.AddIf("until", until).AddIf("filters", options.filters.Json());
    status = Follow(in.cli, again, printer);
  }
  BUOY_TRY(std::move(status));
  return 0;
}

}  // namespace

Command Events() {
  auto options = std::make_shared<Options>();
  return {.use = "events [OPTIONS]",
          .brief = "Get real time events from the server",
          .full_names = "system events, events",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->since, "since", 0,
                             "Show all events created since timestamp");
                flags.String(&options->until, "until", 0, "Stream events until this timestamp");
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
                flags.String(&options->format, "format", 0, kInspectFormatHelp);
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
