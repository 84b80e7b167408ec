#include "daemon/events/stream.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "common/gotime/time.h"
#include "common/json/json.h"

namespace buoy::events {
namespace {

Status WriteLines(ByteSink& sink, const std::vector<types::Event>& events) {
  std::string lines;
  for (const types::Event& event : events) lines += ToJson(event) + "\n";
  return lines.empty() ? Ok() : sink.Write(lines);
}

enum class Woken { kEvents, kOver, kInterrupted };

// kOver: the client has gone, or it is time.
Result<Woken> Wait(int events_fd, api::Handover& client, int64_t until_ns) {
  const int interrupt_fd = client.interrupt_fd();
  while (true) {
    int timeout = -1;
    if (until_ns != 0) {
      int64_t left = until_ns - gotime::NowNs();
      if (left <= 0) return Woken::kOver;
      timeout = static_cast<int>(std::min<int64_t>(left / 1'000'000 + 1, 3'600'000));
    }
    struct pollfd fds[] = {
        {events_fd, POLLIN, 0}, {client.client_fd(), POLLRDHUP, 0}, {interrupt_fd, POLLIN, 0}};
    int n = ::poll(fds, 3, timeout);
    if (n < 0 && errno != EINTR) return ErrnoError("poll");
    if (n <= 0) continue;
    if ((fds[1].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return Woken::kOver;
    return fds[2].revents != 0 ? Woken::kInterrupted : Woken::kEvents;
  }
}

}  // namespace

Status Stream(EventLog& log, const api::EventsOptions& options, api::Handover& client) {
  if (options.since_ns != 0 && options.until_ns != 0 && options.until_ns < options.since_ns) {
    return InvalidArgument("`since` time (" + std::to_string(options.since_ns / 1'000'000'000) +
                           ") cannot be after `until` time (" +
                           std::to_string(options.until_ns / 1'000'000'000) + ")");
  }
  const auto& cursor = client.continued();
  auto subscription =
      cursor
          ? log.SubscribeAfter(Filter(options.filters), std::strtoll(cursor->c_str(), nullptr, 10))
          : log.Subscribe(Filter(options.filters), options.since_ns, options.until_ns);
  BUOY_ASSIGN(ByteSink * sink, client.Answer(api::StreamKind::kBodyJson));
  while (true) {
    BUOY_ASSIGN(auto recorded, subscription->Replay());
    if (recorded.empty()) break;
    if (!WriteLines(*sink, recorded).ok()) return Ok();
  }
  while (true) {
    BUOY_ASSIGN(Woken woken, Wait(subscription->fd(), client, options.until_ns));
    if (woken == Woken::kOver) return Ok();
    auto events = subscription->Take();
    if (!events || !WriteLines(*sink, *events).ok()) return Ok();
    if (woken == Woken::kInterrupted) {
      client.Interrupt(std::to_string(subscription->last_seq()));
      return Ok();
    }
  }
}

}  // namespace buoy::events
