#include "api/server/http/engine.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "api/http/pump.h"
#include "common/unix/socket.h"

namespace buoy::api {

namespace {

constexpr uint64_t kWakeId = 0;
constexpr int kQuietTicks = 5;
constexpr int kAcceptBurst = 16;
constexpr size_t kLingerLimit = 8u << 20;
constexpr auto kLingerTime = std::chrono::milliseconds(500);

void TuneTcp(int fd) {
  int on = 1;
  // Fails on unix sockets, where there is nothing to tune.
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) {
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  }
}

}  // namespace

Engine::Engine(Handler handler, EngineOptions options)
    : options_(std::move(options)),
      responder_(std::move(handler)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      pool_({.wait = [this](int timeout_ms) { return WaitEvent(timeout_ms); },
             .run = [this](uint64_t id) { OnEvent(id); },
             .tick = [this] { Tick(); }},
            options_.base_workers, options_.max_workers) {}

Engine::~Engine() {
  if (started_) {
    StopAccepting();
    draining_ = true;
    table_.Close();
    table_.AbortBusy();
    AbortPumps();
    eventfd_write(wake_.get(), 1);
    pool_.Stop();
  }
}

void Engine::Log(const std::string& line) const {
  if (options_.log) options_.log(line);
}

bool Engine::Arm(int fd, uint64_t id, uint32_t events, bool add) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return epoll_ctl(epoll_.get(), add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0;
}

Status Engine::AddListener(Fd socket, std::shared_ptr<TlsContext> tls) {
  BUOY_TRY(SetNonBlocking(socket.get(), true));
  std::lock_guard lock(mutex_);
  uint64_t id = next_listener_id_++;
  if (!Arm(socket.get(), id, EPOLLIN | EPOLLONESHOT, true)) return ErrnoError("epoll_ctl");
  listeners_.push_back(
      std::make_shared<const Listener>(Listener{std::move(socket), std::move(tls), id}));
  return Ok();
}

Status Engine::Start() {
  if (!epoll_.valid() || !wake_.valid()) return ErrnoError("epoll_create1");
  if (!Arm(wake_.get(), kWakeId, EPOLLIN, true)) return ErrnoError("epoll_ctl");
  started_ = true;
  pool_.Start();
  return Ok();
}

std::vector<int> Engine::listener_fds() const {
  std::lock_guard lock(mutex_);
  std::vector<int> fds;
  for (const auto& listener : listeners_) fds.push_back(listener->fd.get());
  return fds;
}

void Engine::StopAccepting() {
  std::lock_guard lock(mutex_);
  for (const auto& listener : listeners_) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener->fd.get(), nullptr);
  }
  listeners_.clear();
  starved_.clear();
}

bool Engine::Drain(std::chrono::milliseconds limit) {
  StopAccepting();
  draining_ = true;
  table_.Close();
  const auto end = ConnectionTable::Clock::now() + limit;
  bool finished = table_.WaitEmpty(limit);
  if (!finished) {
    table_.AbortBusy();
    table_.WaitEmpty(std::chrono::seconds(2));
  }
  // Relays of TLS connections have no other owner than this process.
  std::unique_lock lock(mutex_);
  bool relayed = pumps_changed_.wait_until(lock, end, [this] { return pumps_.empty(); });
  lock.unlock();
  if (!relayed) AbortPumps();
  return finished && relayed;
}

std::optional<uint64_t> Engine::WaitEvent(int timeout_ms) {
  epoll_event event{};
  int got = epoll_wait(epoll_.get(), &event, 1, timeout_ms);
  if (got != 1) return std::nullopt;
  return uint64_t{event.data.u64};
}

void Engine::OnEvent(uint64_t id) {
  ++events_;
  if (id == kWakeId) {
    // Only set when the pool is being stopped; not to spin until it has set its flag.
    std::this_thread::yield();
    return;
  }
  if (!gate_.Enter(id)) return;
  if (id < ConnectionTable::kFirstId) {
    Accept(id);
  } else if (ConnectionTable::Entry* entry = table_.TakeIdle(id)) {
    Serve(entry);
  }
  gate_.Leave();
}

// Every second.
void Engine::NoteQuiet() {
  const uint64_t events = events_;
  quiet_ticks_ = events == ticked_events_ ? quiet_ticks_ + 1 : 0;
  ticked_events_ = events;
  if (quiet_ticks_ == kQuietTicks && options_.on_quiet) options_.on_quiet();
}

void Engine::Tick() {
  NoteQuiet();
  table_.DropExpired();
  std::lock_guard lock(mutex_);
  for (uint64_t id : std::exchange(starved_, {})) {
    for (const auto& listener : listeners_) {
      if (listener->id == id) Arm(listener->fd.get(), id, EPOLLIN | EPOLLONESHOT, false);
    }
  }
}

void Engine::Accept(uint64_t id) {
  auto find = [this, id]() -> std::shared_ptr<const Listener> {
    for (const auto& candidate : listeners_) {
      if (candidate->id == id) return candidate;
    }
    return nullptr;
  };
  std::unique_lock lock(mutex_);
  std::shared_ptr<const Listener> listener = find();
  if (listener == nullptr) return;
  lock.unlock();
  Accepted accepted = Accepted::kOne;
  for (int i = 0; i < kAcceptBurst && accepted == Accepted::kOne; ++i)
    accepted = AcceptOne(*listener);
  bool room = accepted != Accepted::kNoRoom || table_.DropOldestIdle();
  lock.lock();
  if (find() == nullptr) return;  // stopped meanwhile
  if (room) {
    Arm(listener->fd.get(), id, EPOLLIN | EPOLLONESHOT, false);
  } else {
    starved_.push_back(id);
  }
}

Engine::Accepted Engine::AcceptOne(const Listener& listener) {
  Fd fd(accept4(listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd.valid()) {
    if (errno == EAGAIN) return Accepted::kNone;
    if (errno == ECONNABORTED || errno == EINTR) return Accepted::kOne;
    Log("http: Accept error: " + ErrnoError("accept4").message() + "; retrying");
    return Accepted::kNoRoom;
  }
  TuneTcp(fd.get());
  SslPtr ssl;
  if (listener.tls != nullptr) {
    Result<SslPtr> session = listener.tls->NewSession(fd.get());
    if (!session.ok()) {
      Log("http: TLS: " + session.error().message());
      return Accepted::kOne;
    }
    ssl = *std::move(session);
  }
  int raw = fd.get();
  auto* entry = table_.Add(std::make_unique<Connection>(std::move(fd), std::move(ssl)));
  if (!Arm(raw, entry->id, 0, true)) {
    table_.Remove(entry);
  } else {
    Park(entry);
  }
  return Accepted::kOne;
}

void Engine::Park(ConnectionTable::Entry* entry) {
  Connection& connection = *entry->connection;
  const uint64_t id = entry->id;  // once idle the entry may be gone at any time
  constexpr auto kNever = ConnectionTable::Clock::time_point::max();
  bool midway = connection.needs_handshake() || !connection.read_ahead().empty();
  if (!midway) {
    entry->head_due = kNever;
  } else if (entry->head_due == kNever) {
    entry->head_due = ConnectionTable::Clock::now() + options_.head_timeout;
  }
  connection.Shrink();
  // Armed under the table's lock: once idle, anybody may close it and its descriptor be reused.
  table_.MakeIdle(entry, entry->head_due, [this, entry] {
    Arm(entry->connection->fd(), entry->id, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, false);
  });
  if (gate_.closed()) OfferToSuccessor(id);
}

void Engine::Serve(ConnectionTable::Entry* entry) {
  while (true) {
    if (gate_.closed()) return Shelve(entry);
    Next next = Next::kAgain;
    std::string raw_head;
    if (entry->continuation) {
      raw_head = entry->continuation->head;
    } else {
      size_t head_size = 0;
      next = ReadHead(entry, head_size);
      raw_head = entry->connection->read_ahead().substr(0, head_size);
      entry->connection->Consume(head_size);
    }
    if (next == Next::kAgain) next = RunRequest(entry, raw_head);
    switch (next) {
      case Next::kAgain:
        continue;
      case Next::kPark:
        return Park(entry);
      case Next::kShelve:
        return Shelve(entry);
      case Next::kClose:
        CloseGently(entry);
        return table_.Remove(entry);
      case Next::kGone:
        return table_.Remove(entry);
    }
  }
}

Engine::Next Engine::ReadHead(ConnectionTable::Entry* entry, size_t& head_size) {
  Connection& connection = *entry->connection;
  while (true) {
    // Empty lines before a request line are allowed.
    while (connection.read_ahead().starts_with("\r\n")) connection.Consume(2);
    std::string_view ahead = connection.read_ahead();
    head_size = HeadSize(ahead, entry->scanned);
    if (head_size > 0) {
      entry->scanned = 0;
      entry->head_due = ConnectionTable::Clock::time_point::max();
      return Next::kAgain;
    }
    if (ahead.size() > kMaxHeadSize) {
      return Refuse(connection, 431, "431 Request Header Fields Too Large");
    }
    entry->scanned = ahead.size();
    Result<size_t> got = connection.Fill(0);
    if (!got.ok() && got.error().sys_errno() == EAGAIN) return Next::kPark;
    if (!got.ok() && got.error().sys_errno() == EPROTO && !draining_) {
      Log("http: TLS handshake error: " + got.error().message());
    }
    if (!got.ok() || *got == 0) return Next::kGone;
  }
}

Engine::Next Engine::Refuse(Connection& connection, int status, const std::string& text) {
  (void)connection.Write("HTTP/1.1 " + std::to_string(status) + " " + ReasonPhrase(status) +
                         "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
                         "Content-Length: " +
                         std::to_string(text.size()) + "\r\n\r\n" + text);
  (void)connection.Flush();
  return Next::kClose;
}

Engine::Next Engine::RunRequest(ConnectionTable::Entry* entry, const std::string& raw_head) {
  Connection& connection = *entry->connection;
  Result<RequestHead> head = ParseRequestHead(raw_head);
  if (!head.ok()) {
    const std::string& text = head.error().message();
    return text == kUnsupportedVersion
               ? Refuse(connection, 505, "505 HTTP Version Not Supported: " + text)
               : Refuse(connection, 400, "400 Bad Request: " + text);
  }
  if (std::string_view expected = head->headers.Get("Expect");
      !expected.empty() && !EqualNoCase(expected, "100-continue")) {
    return Refuse(connection, 417, "417 Expectation Failed");
  }
  Result<BodyFraming> framing = RequestFraming(head->headers);
  if (!framing.ok()) {
    bool unknown = framing.error().kind() == ErrorKind::kNotImplemented;
    return unknown ? Refuse(connection, 501, "Unsupported transfer encoding")
                   : Refuse(connection, 400, "400 Bad Request: " + framing.error().message());
  }
  bool close = head->minor < 1 || draining_ || head->headers.HasToken("Connection", "close");
  const uint64_t id = entry->id;
  gate_.Begin(id, head->method + " " + head->path);
  std::optional<std::string> cursor;
  if (entry->continuation) cursor = std::move(entry->continuation->cursor);
  entry->continuation.reset();
  const bool has_body = framing->chunked || framing->length != 0;
  Exchange exchange(
      *std::move(head), *framing, connection, close,
      {.take = [this, entry] { return Detach(entry); },
       .interrupt_fd = [this, id, has_body] { return has_body ? -1 : gate_.Interruptible(id); },
       .alone = [this, id] { gate_.SetAlone(id); }},
      std::move(cursor));
  bool healthy = responder_.Run(exchange, connection);
  gate_.End(id);
  if (exchange.state() == Exchange::State::kTaken) return Next::kGone;
  if (exchange.state() == Exchange::State::kInterrupted) {
    if (!healthy) return Next::kGone;
    entry->continuation = {raw_head, exchange.cursor().value_or("")};
    return Next::kShelve;
  }
  if (!healthy) return Next::kGone;
  if (!exchange.KeepAlive()) return Next::kClose;
  // Most clients wait for the answer before they ask again: no read that finds nothing.
  return connection.HasPending() ? Next::kAgain : Next::kPark;
}

void Engine::CloseGently(ConnectionTable::Entry* entry) {
  // Closing with unread input would reset the connection and may destroy the answer on its way.
  Connection& connection = *entry->connection;
  connection.ShutdownWrite();
  char scratch[16 * 1024];
  auto end = ConnectionTable::Clock::now() + kLingerTime;
  size_t total = 0;
  while (total < kLingerLimit) {
    auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - ConnectionTable::Clock::now());
    if (left.count() <= 0) return;
    Result<size_t> got = connection.Read(scratch, static_cast<int>(left.count()));
    if (!got.ok() || *got == 0) return;
    total += *got;
  }
}

Result<Fd> Engine::Detach(ConnectionTable::Entry* entry) {
  std::unique_ptr<Connection> connection = table_.Extract(entry);
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection->fd(), nullptr);
  if (connection->is_tls()) return StartPump(std::move(connection));
  BUOY_TRY(SetNonBlocking(connection->fd(), false));
  return connection->ReleaseFd();
}

Result<Fd> Engine::StartPump(std::unique_ptr<Connection> connection) {
  BUOY_ASSIGN(FdPair pair, SocketPair(SOCK_STREAM));
  auto pump =
      std::make_unique<Pump>(Pump{std::move(connection), Connection(std::move(pair.second))});
  {
    std::lock_guard lock(mutex_);
    pumps_.push_back(pump.get());
  }
  std::thread([this, owned = std::move(pump)]() mutable {
    Connection& outer = *owned->outer;
    const bool greeted = !outer.needs_handshake() ||
                         outer.Handshake(static_cast<int>(options_.head_timeout.count())).ok();
    if (greeted) PumpConnections(outer, owned->inner);
    std::lock_guard lock(mutex_);
    std::erase(pumps_, owned.get());
    owned.reset();
    pumps_changed_.notify_all();
  }).detach();
  return std::move(pair.first);
}

void Engine::AbortPumps() {
  std::unique_lock lock(mutex_);
  for (Pump* pump : pumps_) {
    pump->outer->Abort();
    pump->inner.Abort();
  }
  pumps_changed_.wait(lock, [this] { return pumps_.empty(); });
}

}  // namespace buoy::api
