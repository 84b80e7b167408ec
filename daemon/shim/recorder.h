#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/shim/event_loop.h"
#include "daemon/shim/journal.h"

namespace buoy::shim {

// The connections to daemons, as the container's parts see them.
class Control {
 public:
  struct Token {  // a request that is to be answered
    uint64_t connection = 0;
    uint64_t seq = 0;
  };
  virtual void Reply(const Token& token, int error, const std::string& text,
                     const std::string& payload) = 0;
  virtual void Publish(const Record& record) = 0;
  virtual bool HasSubscriber() const = 0;

 protected:
  ~Control() = default;
};

// Writes records, tells the daemons, and makes clients wait a moment for the daemon's knowledge:
// who hears from us that a container has ended asks the daemon about it at once.
class Recorder {
 public:
  Recorder(EventLoop& loop, Journal& journal) : loop_(loop), journal_(journal) {}
  void SetControl(Control* control) { control_ = control; }

  // Fills in number and time (unless set). A durable record is on the disk before anybody who waits
  // for it (AfterAck) is told: by the daemon's database, which syncs before it acknowledges, or,
  // when there is none or it is late, by a sync here.
  uint64_t Write(Record record, bool durable);
  // Runs the action when the daemon has acknowledged `seq`; without a daemon, or one that answers
  // within a second, without.
  void AfterAck(uint64_t seq, std::function<void()> action);
  // The same for clients who would be lost without the daemon's answer: for one that is not there
  // they wait up to a minute.
  void AfterAckOfNextDaemon(uint64_t seq, std::function<void()> action);
  void Acknowledge(uint64_t seq);
  // The last subscriber has gone.
  void OnNoSubscriber();
  bool idle() const { return gates_.empty(); }

 private:
  struct Gate {
    uint64_t seq;
    bool needs_daemon;
    EventLoop::TimerId timer;
    std::function<void()> action;
  };
  enum class Which { kAll, kWithoutDaemon };
  void Release(uint64_t up_to, Which which);
  void SyncJournal();

  EventLoop& loop_;
  Journal& journal_;
  Control* control_ = nullptr;
  std::vector<Gate> gates_;
  uint64_t unsynced_ = 0;  // the last durable record that nobody has synced yet; 0 = none
};

}  // namespace buoy::shim
