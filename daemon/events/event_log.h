#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/result/result.h"
#include "common/types/event.h"
#include "common/unix/fd.h"
#include "daemon/events/event_sink.h"
#include "daemon/events/filter.h"
#include "daemon/state/db.h"

namespace buoy::events {

struct EventLogOptions {
  int64_t max_rows = 100'000;
  // Events published within this time of one another share one transaction (and its fsync).
  int commit_delay_ms = 20;
  // A subscriber that is this far behind loses its oldest events.
  size_t max_queue = 16'384;
};

// The daemon's events: handed to subscribers at once, written to the database by a thread of its
// own, kept across restarts (so `docker events --since` reaches back before the last one).
class EventLog : public EventSink {
 public:
  class Subscription;

  static Result<std::unique_ptr<EventLog>> Open(state::Db& db, EventLogOptions options = {});
  // Writes what is pending.
  ~EventLog() override;

  void Publish(types::Event event) override;

  // Live events from now on. `since_ns` != 0: what was recorded since then comes first; `until_ns`
  // bounds only that replay.
  std::shared_ptr<Subscription> Subscribe(Filter filter, int64_t since_ns, int64_t until_ns);
  // Goes on where another subscription, perhaps a former daemon's, ended: see last_seq().
  std::shared_ptr<Subscription> SubscribeAfter(Filter filter, int64_t seq);
  int subscribers() const;
  // Events since this process began.
  uint64_t published() const;
  // Ends all subscriptions, now and later (the daemon stops).
  void CloseSubscriptions();
  // Waits until all that was published is in the database.
  Status Flush();

 private:
  struct Record {
    int64_t seq;
    types::Event event;
  };

  EventLog(state::Db& db, EventLogOptions options, int64_t next_seq)
      : db_(db), options_(options), next_seq_(next_seq) {}
  void Write();
  void AddLocked(const std::shared_ptr<Subscription>& subscription);
  Status WriteBatch(const std::vector<Record>& batch);

  state::Db& db_;
  const EventLogOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable pending_changed_, written_;
  int64_t next_seq_;
  uint64_t published_ = 0;
  std::deque<Record> pending_;  // not yet committed; the first is the oldest
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
  bool stop_ = false;
  bool closed_ = false;
  int flush_waiters_ = 0;
  std::thread writer_;
};

// One reader's view. Not thread-safe but for what EventLog does to it.
class EventLog::Subscription {
 public:
  ~Subscription() = default;

  // Readable while there is something to take or the subscription has been closed.
  int fd() const { return wake_.get(); }
  // What came since the last call; nullopt = closed and drained.
  std::optional<std::vector<types::Event>> Take();
  // Recorded events, oldest first, some hundred at a time; empty = no more. Call before Take().
  Result<std::vector<types::Event>> Replay();
  // Of the last event that was considered up to the last Take(), whether or not it matched.
  int64_t last_seq() const { return taken_seq_; }

 private:
  friend class EventLog;
  Subscription(state::Db& db, Filter filter, size_t max_queue)
      : db_(db), filter_(std::move(filter)), max_queue_(max_queue) {}
  void Offer(int64_t seq, const types::Event& event);
  void Close();
  void Wake();

  state::Db& db_;
  const Filter filter_;
  const size_t max_queue_;
  Fd wake_;  // eventfd

  // The replay: rows before `replay_end_seq_`, then `unwritten_`.
  bool replay_rows_ = false;
  int64_t since_ns_ = 0, until_ns_ = 0, after_seq_ = 0, replay_end_seq_ = 0;
  int64_t at_time_ = 0, at_seq_ = 0;
  std::vector<types::Event> unwritten_;

  std::mutex mutex_;
  std::deque<types::Event> queue_;
  int64_t offered_seq_ = 0;
  int64_t taken_seq_ = 0;  // the reader's
  uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace buoy::events
