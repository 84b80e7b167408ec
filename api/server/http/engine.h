#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/http/tls.h"
#include "api/server/http/connection_table.h"
#include "api/server/http/exchange.h"
#include "api/server/http/gate.h"
#include "api/server/http/responder.h"
#include "api/server/http/worker_pool.h"
#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::api {

struct EngineOptions {
  int base_workers = 4;
  // Blocking handlers each hold a thread.
  int max_workers = 4096;
  // Between the first byte of a head (or of a TLS handshake) and its end.
  std::chrono::milliseconds head_timeout = std::chrono::seconds(30);
  // What is worth a line in the daemon's log.
  std::function<void(const std::string&)> log;
  // Called once when nothing has come for about five seconds after the start or after work.
  std::function<void()> on_quiet;
};

// An HTTP/1.1 server over any number of listening sockets, plain or TLS. Requests run on worker
// threads; connections that wait for their next request (or for the rest of its head) wait in epoll
// and cost no thread.
class Engine {
 public:
  using Handler = std::function<void(Exchange&)>;
  Engine(Handler handler, EngineOptions options = {});
  // Stops; in-flight requests are cut off.
  ~Engine();

  // Before or after Start(). The socket must be listening; it is made non-blocking.
  Status AddListener(Fd socket, std::shared_ptr<TlsContext> tls = nullptr);
  Status Start();

  // The listening sockets, which stay the engine's: to be passed to a successor.
  std::vector<int> listener_fds() const;

  // --- exchanging what is behind the engine, here or in another process (engine_handover.cc) ---

  // A connection on its way to a successor.
  struct Handed {
    Fd fd;
    std::string read_ahead;
    // Of a stream that was interrupted: the request's head, and where it is to go on.
    std::string head, cursor;
  };
  // Lets no request begin and waits until those that have begun are done; streams that can be
  // interrupted are. An error, naming what is in the way, after `limit`: nothing has changed then.
  // Whoever comes meanwhile waits.
  Status Pause(std::chrono::milliseconds limit);
  // Requests that have been running for longer than `age` and that Pause() would wait for.
  std::vector<std::string> OlderThan(std::chrono::milliseconds age) const {
    return gate_.OlderThan(age);
  }
  void Resume();
  // After Pause(): stops accepting and gives the connections away, at once or, where an answer is
  // still being written, after it. `take` is called by any thread. TLS connections are relayed.
  void Retire(std::function<void(Handed)> take);
  // Waits until the last answer is written and the last relay has ended.
  bool WaitRetired(std::chrono::milliseconds limit);
  // Serves a connection that a predecessor gave away.
  void Adopt(Handed handed);

  // Closes this process's copies of the listening sockets; connections go on. A successor that
  // inherited them goes on accepting, and nothing that waits in their backlogs is lost.
  void StopAccepting();

  // StopAccepting(), closes idle connections, lets requests in flight finish; those that have not
  // after `limit` are cut off. True = all had finished.
  bool Drain(std::chrono::milliseconds limit);

  size_t connections() const { return table_.size(); }
  int workers() const { return pool_.threads(); }

 private:
  struct Listener {
    Fd fd;
    std::shared_ptr<TlsContext> tls;
    uint64_t id;
  };
  // A taken TLS connection and this side of the socketpair that its new owner holds.
  struct Pump {
    std::unique_ptr<Connection> outer;
    Connection inner;
  };
  enum class Accepted { kOne, kNone, kNoRoom };

  std::optional<uint64_t> WaitEvent(int timeout_ms);
  void OnEvent(uint64_t id);
  void Tick();
  void NoteQuiet();
  void Accept(uint64_t id);
  Accepted AcceptOne(const Listener& listener);
  void Serve(ConnectionTable::Entry* entry);
  // What to do with the connection after a step of Serve.
  enum class Next { kAgain, kPark, kShelve, kClose, kGone };
  Next ReadHead(ConnectionTable::Entry* entry, size_t& head_size);
  Next RunRequest(ConnectionTable::Entry* entry, const std::string& raw_head);
  // The request is to be run (again) when the gate opens, here or by a successor.
  void Shelve(ConnectionTable::Entry* entry);
  // Has a worker look at an idle connection, whether or not there is something to read.
  void Wake(uint64_t id);
  void OfferToSuccessor(uint64_t id);
  void GiveAway(ConnectionTable::Entry* entry);
  Next Refuse(Connection& connection, int status, const std::string& text);
  void Park(ConnectionTable::Entry* entry);
  void CloseGently(ConnectionTable::Entry* entry);
  Result<Fd> Detach(ConnectionTable::Entry* entry);
  Result<Fd> StartPump(std::unique_ptr<Connection> connection);
  void AbortPumps();
  void Log(const std::string& line) const;
  bool Arm(int fd, uint64_t id, uint32_t events, bool add);

  EngineOptions options_;
  Responder responder_;
  Fd epoll_;
  Gate gate_;
  Fd wake_;  // eventfd, readable once the workers shall end
  ConnectionTable table_;

  mutable std::mutex mutex_;
  std::condition_variable pumps_changed_;
  // Shared with the workers that are just accepting from them.
  std::vector<std::shared_ptr<const Listener>> listeners_;
  std::vector<uint64_t> starved_;  // listeners left disarmed for want of descriptors
  std::vector<Pump*> pumps_;
  uint64_t next_listener_id_ = 1;
  std::function<void(Handed)> successor_;  // set by Retire()
  std::atomic<bool> draining_ = false;
  std::atomic<uint64_t> events_ = 0;
  uint64_t ticked_events_ = 0;  // as of the last Tick(), whose thread alone uses it
  int quiet_ticks_ = 0;         // likewise
  bool started_ = false;

  WorkerPool pool_;  // last: its threads use all of the above
};

}  // namespace buoy::api
