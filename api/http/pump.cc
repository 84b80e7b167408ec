#include "api/http/pump.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>

namespace buoy::api {

namespace {

// One direction: what was read from one side and not yet written to the other.
class Flow {
 public:
  Flow(Connection& from, Connection& to) : from_(from), to_(to) {}

  bool done() const { return ended_ && told_; }
  // Moves what can be moved now. True = something moved.
  bool Step() {
    bool moved = false;
    read_events_ = write_events_ = 0;
    if (begin_ == end_ && !ended_) moved |= ReadSome();
    if (begin_ != end_) moved |= WriteSome();
    if (ended_ && begin_ == end_ && !told_) {
      to_.ShutdownWrite();
      told_ = true;
    }
    return moved;
  }
  // What to poll the two sides for before the next Step.
  short read_events() const { return read_events_; }
  short write_events() const { return write_events_; }

 private:
  bool ReadSome() {
    read_events_ = POLLIN;
    // The read-ahead of the connection comes first.
    Result<size_t> got = from_.read_ahead().empty()
                             ? from_.ReadNow(buffer_.data(), buffer_.size(), &read_events_)
                             : from_.Read(buffer_);
    if (!got.ok() && got.error().sys_errno() == EAGAIN) return false;
    begin_ = 0;
    end_ = got.ok() ? *got : 0;
    ended_ = end_ == 0;
    read_events_ = 0;
    return true;
  }
  bool WriteSome() {
    write_events_ = POLLOUT;
    Result<size_t> sent = to_.WriteNow(buffer_.data() + begin_, end_ - begin_, &write_events_);
    if (!sent.ok() && sent.error().sys_errno() == EAGAIN) return false;
    if (!sent.ok()) {
      ended_ = told_ = true;  // nobody takes it any more
      begin_ = end_ = 0;
      to_.Abort();
      from_.Abort();
      return true;
    }
    begin_ += *sent;
    write_events_ = 0;
    return true;
  }

  Connection& from_;
  Connection& to_;
  std::array<char, 32 * 1024> buffer_;
  size_t begin_ = 0, end_ = 0;
  bool ended_ = false;  // the source has ended
  bool told_ = false;   // and the other side knows
  short read_events_ = 0, write_events_ = 0;
};

}  // namespace

void PumpConnections(Connection& outer, Connection& inner) {
  auto in = std::make_unique<Flow>(outer, inner);
  auto out = std::make_unique<Flow>(inner, outer);
  while (!out->done()) {
    bool moved = in->Step();
    moved |= out->Step();
    if (moved) continue;
    std::array<pollfd, 2> polled{{
        {outer.fd(), static_cast<short>(in->read_events() | out->write_events()), 0},
        {inner.fd(), static_cast<short>(out->read_events() | in->write_events()), 0},
    }};
    // Without events there is still POLLHUP, which must not spin: such a side is left out.
    for (auto& entry : polled) {
      if (entry.events == 0) entry.fd = -1;
    }
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
  }
}

}  // namespace buoy::api
