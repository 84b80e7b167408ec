#include "daemon/events/stream.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "common/gotime/time.h"
#include "common/json/json.h"

namespace buoy::events {
namespace {

Status WriteLines(ByteSink& sink, const std::vector<types::Event>& events) {
  std::string lines;
  for (const types::Event& event : events) lines += ToJson(event) + "\n";
  return lines.empty() ? Ok() : sink.Write(lines);
}

// False: the stream is over (the client has gone, or it is time).
Result<bool> Wait(int events_fd, int client_fd, int64_t until_ns) {
  while (true) {
    int timeout = -1;
    if (until_ns != 0) {
      int64_t left = until_ns - gotime::NowNs();
      if (left <= 0) return false;
      timeout = static_cast<int>(std::min<int64_t>(left / 1'000'000 + 1, 3'600'000));
    }
    struct pollfd fds[] = {{events_fd, POLLIN, 0}, {client_fd, POLLRDHUP, 0}};
    int n = ::poll(fds, 2, timeout);
    if (n < 0 && errno != EINTR) return ErrnoError("poll");
    if (n <= 0) continue;
    if ((fds[1].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return false;
    return true;
  }
}

}  // namespace

Status Stream(EventLog& log, const api::EventsOptions& options, api::Handover& client) {
  if (options.since_ns != 0 && options.until_ns != 0 && options.until_ns < options.since_ns) {
    return InvalidArgument("`since` time (" + std::to_string(options.since_ns / 1'000'000'000) +
                           ") cannot be after `until` time (" +
                           std::to_string(options.until_ns / 1'000'000'000) + ")");
  }
  auto subscription = log.Subscribe(Filter(options.filters), options.since_ns, options.until_ns);
  BUOY_ASSIGN(ByteSink * sink, client.Answer(api::StreamKind::kBodyJson));
  while (true) {
    BUOY_ASSIGN(auto recorded, subscription->Replay());
    if (recorded.empty()) break;
    if (!WriteLines(*sink, recorded).ok()) return Ok();
  }
  while (true) {
    BUOY_ASSIGN(bool more, Wait(subscription->fd(), client.client_fd(), options.until_ns));
    if (!more) return Ok();
    auto events = subscription->Take();
    if (!events || !WriteLines(*sink, *events).ok()) return Ok();
  }
}

}  // namespace buoy::events
