#include "daemon/events/event_log.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/gotime/time.h"
#include "common/json/json.h"
#include "daemon/logging/log.h"
#include "daemon/state/relaxed.h"

namespace buoy::events {

Result<std::unique_ptr<EventLog>> EventLog::Open(state::Db& db, EventLogOptions options) {
  int64_t next = 1;
  {
    state::Stmt stmt = db.Prepare("SELECT coalesce(max(seq), 0) + 1 FROM events");
    BUOY_ASSIGN(bool row, stmt.Step());
    if (row) next = stmt.Int(0);
  }
  std::unique_ptr<EventLog> log(new EventLog(db, options, next));
  log->writer_ = std::thread([raw = log.get()] { raw->Write(); });
  return log;
}

EventLog::~EventLog() {
  CloseSubscriptions();
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    pending_changed_.notify_all();
  }
  writer_.join();
}

void EventLog::Publish(types::Event event) {
  std::lock_guard lock(mutex_);
  if (event.time_nano == 0) event.time_nano = gotime::NowNs();
  std::erase_if(subscriptions_, [&](const std::weak_ptr<Subscription>& weak) {
    auto subscription = weak.lock();
    if (subscription == nullptr) return true;
    subscription->Offer(next_seq_, event);
    return false;
  });
  ++published_;
  pending_.push_back({next_seq_++, std::move(event)});
  if (pending_.size() == 1) pending_changed_.notify_all();
}

std::shared_ptr<EventLog::Subscription> EventLog::Subscribe(Filter filter, int64_t since_ns,
                                                            int64_t until_ns) {
  std::shared_ptr<Subscription> made(new Subscription(db_, std::move(filter), options_.max_queue));
  made->wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  std::lock_guard lock(mutex_);
  if (since_ns != 0 || until_ns != 0) {
    made->replay_rows_ = true;
    made->since_ns_ = since_ns;
    made->until_ns_ = until_ns;
    made->at_time_ = since_ns;
    made->replay_end_seq_ = pending_.empty() ? next_seq_ : pending_.front().seq;
    for (const Record& record : pending_) {
      int64_t time = record.event.time_nano;
      if (time < since_ns || (until_ns != 0 && time > until_ns)) continue;
      if (made->filter_.Matches(record.event)) made->unwritten_.push_back(record.event);
    }
  }
  AddLocked(made);
  return made;
}

std::shared_ptr<EventLog::Subscription> EventLog::SubscribeAfter(Filter filter, int64_t seq) {
  std::shared_ptr<Subscription> made(new Subscription(db_, std::move(filter), options_.max_queue));
  made->wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  std::lock_guard lock(mutex_);
  made->replay_rows_ = true;
  made->after_seq_ = seq;
  made->replay_end_seq_ = pending_.empty() ? next_seq_ : pending_.front().seq;
  for (const Record& record : pending_) {
    if (record.seq > seq && made->filter_.Matches(record.event)) {
      made->unwritten_.push_back(record.event);
    }
  }
  AddLocked(made);
  return made;
}

void EventLog::AddLocked(const std::shared_ptr<Subscription>& subscription) {
  subscription->offered_seq_ = subscription->taken_seq_ = next_seq_ - 1;
  if (closed_) {
    subscription->Close();
  } else {
    subscriptions_.push_back(subscription);
  }
}

uint64_t EventLog::published() const {
  std::lock_guard lock(mutex_);
  return published_;
}

int EventLog::subscribers() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(subscriptions_.begin(), subscriptions_.end(),
                                        [](const auto& weak) { return !weak.expired(); }));
}

void EventLog::CloseSubscriptions() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& weak : subscriptions_) {
    if (auto subscription = weak.lock()) subscription->Close();
  }
  subscriptions_.clear();
}

Status EventLog::Flush() {
  std::unique_lock lock(mutex_);
  int64_t target = next_seq_;
  ++flush_waiters_;
  pending_changed_.notify_all();
  bool done = written_.wait_for(lock, std::chrono::seconds(30),
                                [&] { return pending_.empty() || pending_.front().seq >= target; });
  --flush_waiters_;
  if (!done) return Internal("events: the database does not take them");
  return Ok();
}

void EventLog::Write() {
  std::unique_lock lock(mutex_);
  while (true) {
    pending_changed_.wait(lock, [&] { return stop_ || !pending_.empty(); });
    if (pending_.empty()) return;
    // Let more gather, unless somebody waits for them.
    pending_changed_.wait_for(lock, std::chrono::milliseconds(options_.commit_delay_ms),
                              [&] { return stop_ || flush_waiters_ > 0; });
    std::vector<Record> batch(pending_.begin(), pending_.end());
    lock.unlock();
    Status status = WriteBatch(batch);
    lock.lock();
    if (!status.ok()) log::Error("failed to store events", {{"error", status.error().message()}});
    // A batch that cannot be stored is given up: live readers had it, and memory is bounded.
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(batch.size()));
    written_.notify_all();
  }
}

Status EventLog::WriteBatch(const std::vector<Record>& batch) {
  auto write = [&]() -> Status {
    for (const Record& record : batch) {
      BUOY_TRY(db_.Prepare("INSERT INTO events (seq, time_ns, event) VALUES (?, ?, ?)")
                   .Bind(record.seq)
                   .Bind(record.event.time_nano)
                   .Bind(ToJson(record.event))
                   .Run());
    }
    int64_t last = batch.back().seq;
    if (last / 1024 == batch.front().seq / 1024 && last % 1024 != 0) return Ok();
    return db_.Prepare("DELETE FROM events WHERE seq <= ?").Bind(last - options_.max_rows).Run();
  };
  // A sync would keep everybody from the database, and events only tell of what is synced itself.
  return state::Transaction(db_, state::Durability::kProcess, write);
}

}  // namespace buoy::events
