#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/event_loop.h"
#include "daemon/shim/out_queue.h"

namespace buoy::shim {

class Client;

// Owner of the connections that were handed over.
class ClientList {
 public:
  ClientList(EventLoop& loop, std::function<void()> on_change)
      : loop_(loop), on_change_(std::move(on_change)) {}
  void Add(std::unique_ptr<Client> client);
  // Destroys it when the current event is done. It gets no events any more.
  void Remove(Client* client);
  size_t size() const { return clients_.size(); }
  // Those that still wait for something to happen (a start, an exit, a removal).
  size_t waiting() const;
  EventLoop& loop() { return loop_; }

 private:
  EventLoop& loop_;
  std::function<void()> on_change_;  // after a removal
  std::vector<std::unique_ptr<Client>> clients_;
};

// A client's connection, answered without the daemon. Output is queued without limit; who
// produces it looks at Congested().
class Client : public EventHandler {
 public:
  Client(ClientList& list, Fd fd, bool chunked);
  virtual ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Ends the response: what is queued is sent, then the connection is closed in good order.
  void Finish();
  bool finishing() const { return finishing_; }
  bool Congested() const { return out_.size() > kHighWater; }

  void OnEvent(uint32_t events) final;

 protected:
  static constexpr size_t kHighWater = 64 * 1024;

  // Queues a piece of the body and sends what goes.
  void Send(std::string_view body);
  // Sends what was put into out_ directly (never for chunked bodies).
  void Flush();
  // Sets what to wait for. Call after anything that changes WantsInput().
  void UpdateWatch();
  void Drop();

  // Input can be taken now.
  virtual bool WantsInput() const { return false; }
  // Input may come now or later: what a client sent before it left still counts.
  virtual bool InputPending() const { return false; }
  // The client has sent something, or nothing more will come (a read gives 0 or an error).
  virtual void OnInput() {}
  // False: end of input means that the client has left (a plain HTTP request).
  virtual bool HalfCloseAllowed() const { return false; }
  virtual void OnDrained() {}
  // The connection is about to go, for whatever reason.
  virtual void OnGone() {}

  ClientList& list_;
  Fd fd_;
  OutQueue out_;
  bool peer_gone_ = false;  // nothing can be sent any more

 private:
  void AfterHangUp();
  void EndOutput();
  void Linger();

  const bool chunked_;
  bool finishing_ = false;
  bool lingering_ = false;
  bool dropped_ = false;
  EventLoop::TimerId linger_timer_ = EventLoop::kNoTimer;
};

}  // namespace buoy::shim
