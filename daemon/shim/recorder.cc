#include "daemon/shim/recorder.h"

#include <utility>

#include "daemon/shim/clock.h"

namespace buoy::shim {

namespace {
constexpr int64_t kAckPatience = kSecond;
}

uint64_t Recorder::Write(Record record, bool durable) {
  if (record.time == 0) record.time = WallNow();
  const Record& written = journal_.Append(std::move(record), durable);
  if (control_ != nullptr) control_->Publish(written);
  return written.seq;
}

void Recorder::AfterAck(uint64_t seq, std::function<void()> action) {
  if (control_ == nullptr || !control_->HasSubscriber() || seq <= journal_.acked_seq()) {
    loop_.Defer(std::move(action));
    return;
  }
  const auto timer = loop_.After(kAckPatience, [this, seq] { Release(seq); });
  gates_.push_back({seq, timer, std::move(action)});
}

void Recorder::Acknowledge(uint64_t seq) {
  journal_.Acknowledge(seq);
  Release(seq);
}

void Recorder::OnNoSubscriber() { Release(UINT64_MAX); }

void Recorder::Release(uint64_t up_to) {
  for (size_t i = 0; i < gates_.size();) {
    if (gates_[i].seq > up_to) {
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
