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

  // Fills in number and time (unless set).
  uint64_t Write(Record record, bool durable);
  // Runs the action when the daemon has acknowledged `seq`; without a daemon, or one that answers
  // within a second, without.
  void AfterAck(uint64_t seq, std::function<void()> action);
  void Acknowledge(uint64_t seq);
  // The last subscriber has gone.
  void OnNoSubscriber();
  bool idle() const { return gates_.empty(); }

 private:
  struct Gate {
    uint64_t seq;
    EventLoop::TimerId timer;
    std::function<void()> action;
  };
  void Release(uint64_t up_to);

  EventLoop& loop_;
  Journal& journal_;
  Control* control_ = nullptr;
  std::vector<Gate> gates_;
};

}  // namespace buoy::shim
