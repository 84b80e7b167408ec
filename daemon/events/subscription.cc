#include <sys/eventfd.h>

#include <utility>

#include "common/json/json.h"
#include "daemon/events/event_log.h"
#include "daemon/logging/log.h"

namespace buoy::events {
namespace {

constexpr int kReplayPage = 256;

}  // namespace

void EventLog::Subscription::Wake() { (void)::eventfd_write(wake_.get(), 1); }

void EventLog::Subscription::Offer(int64_t seq, const types::Event& event) {
  const bool matches = filter_.Matches(event);
  std::lock_guard lock(mutex_);
  offered_seq_ = seq;
  if (!matches) return;
  if (queue_.size() >= max_queue_) {
    queue_.pop_front();
    if (dropped_++ == 0) log::Warn("a reader of events is too slow: it loses the oldest");
  }
  queue_.push_back(event);
  if (queue_.size() == 1) Wake();
}

void EventLog::Subscription::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  Wake();
}

std::optional<std::vector<types::Event>> EventLog::Subscription::Take() {
  std::lock_guard lock(mutex_);
  eventfd_t count;
  (void)::eventfd_read(wake_.get(), &count);
  taken_seq_ = offered_seq_;
  if (queue_.empty() && closed_) return std::nullopt;
  std::vector<types::Event> events(std::make_move_iterator(queue_.begin()),
                                   std::make_move_iterator(queue_.end()));
  queue_.clear();
  if (closed_) Wake();
  return events;
}

Result<std::vector<types::Event>> EventLog::Subscription::Replay() {
  std::vector<types::Event> events;
  while (replay_rows_ && events.empty()) {
    state::Stmt stmt = db_.Prepare(
        "SELECT time_ns, seq, event FROM events WHERE (time_ns, seq) > (?, ?) AND seq > ? "
        "AND seq < ? AND time_ns <= ? ORDER BY time_ns, seq LIMIT ?");
    stmt.Bind(at_time_).Bind(at_seq_).Bind(after_seq_).Bind(replay_end_seq_);
    stmt.Bind(until_ns_ == 0 ? INT64_MAX : until_ns_).Bind(kReplayPage);
    int rows = 0;
    while (true) {
      BUOY_ASSIGN(bool row, stmt.Step());
      if (!row) break;
      ++rows;
      at_time_ = stmt.Int(0);
      at_seq_ = stmt.Int(1);
      auto event = FromJson<types::Event>(stmt.Text(2));
      if (event.ok() && filter_.Matches(*event)) events.push_back(*std::move(event));
    }
    replay_rows_ = rows == kReplayPage;
  }
  if (events.empty()) events = std::exchange(unwritten_, {});
  return events;
}

}  // namespace buoy::events
