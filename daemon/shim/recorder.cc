#include "daemon/shim/recorder.h"

#include <utility>

#include "daemon/shim/clock.h"

namespace buoy::shim {

namespace {
constexpr int64_t kAckPatience = kSecond;
// Who sits at a terminal whose shell has ended can do nothing but wait.
constexpr int64_t kNextDaemonPatience = 60 * kSecond;
}  // namespace

uint64_t Recorder::Write(Record record, bool durable) {
  if (record.time == 0) record.time = WallNow();
  const bool daemon_syncs = control_ != nullptr && control_->HasSubscriber();
  const Record& written = journal_.Append(std::move(record), durable && !daemon_syncs);
  if (durable && daemon_syncs) unsynced_ = written.seq;
  if (control_ != nullptr) control_->Publish(written);
  return written.seq;
}

void Recorder::AfterAck(uint64_t seq, std::function<void()> action) {
  if (control_ == nullptr || !control_->HasSubscriber() || seq <= journal_.acked_seq()) {
    SyncJournal();
    loop_.Defer(std::move(action));
    return;
  }
  const auto timer = loop_.After(kAckPatience, [this, seq] {
    SyncJournal();
    Release(seq, Which::kWithoutDaemon);
  });
  gates_.push_back({seq, false, timer, std::move(action)});
}

void Recorder::AfterAckOfNextDaemon(uint64_t seq, std::function<void()> action) {
  if (control_ == nullptr || seq <= journal_.acked_seq()) {
    loop_.Defer(std::move(action));
    return;
  }
  const auto timer = loop_.After(kNextDaemonPatience, [this, seq] {
    SyncJournal();
    Release(seq, Which::kAll);
  });
  gates_.push_back({seq, true, timer, std::move(action)});
}

void Recorder::Acknowledge(uint64_t seq) {
  journal_.Acknowledge(seq);
  if (seq >= unsynced_) unsynced_ = 0;
  Release(seq, Which::kAll);
}

void Recorder::OnNoSubscriber() {
  SyncJournal();
  Release(UINT64_MAX, Which::kWithoutDaemon);
}

void Recorder::SyncJournal() {
  if (unsynced_ == 0) return;
  journal_.Sync();
  unsynced_ = 0;
}

void Recorder::Release(uint64_t up_to, Which which) {
  for (size_t i = 0; i < gates_.size();) {
    if (gates_[i].seq > up_to || (gates_[i].needs_daemon && which == Which::kWithoutDaemon)) {
      i++;
      continue;
    }
    Gate gate = std::move(gates_[i]);
    gates_.erase(gates_.begin() + static_cast<long>(i));
    loop_.Cancel(&gate.timer);
    loop_.Defer(std::move(gate.action));
  }
}

}  // namespace buoy::shim
