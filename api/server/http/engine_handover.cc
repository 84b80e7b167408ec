// Exchanging what is behind the engine while clients stay connected.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <thread>

#include "api/http/pump.h"
#include "api/server/http/engine.h"
#include "common/unix/socket.h"

namespace buoy::api {

namespace {

// For the workers whose stream was cut off, to notice.
constexpr auto kCutOffTime = std::chrono::seconds(1);

}  // namespace

Status Engine::Pause(std::chrono::milliseconds limit) {
  if (gate_.Close(limit)) return Ok();
  // A reader of events that does not read must not be in the way of everybody.
  const std::vector<uint64_t> stuck = gate_.interruptible();
  if (!stuck.empty() && gate_.OlderThan(std::chrono::milliseconds(0)).empty()) {
    for (uint64_t id : stuck) table_.Abort(id);
    if (gate_.Close(kCutOffTime)) return Ok();
  }
  std::string names;
  for (const std::string& what : gate_.OlderThan(std::chrono::milliseconds(0))) {
    names += (names.empty() ? "" : ", ") + what;
  }
  Resume();
  return Unavailable("requests are still being carried out: " + names);
}

void Engine::Resume() {
  const std::vector<uint64_t> kept = gate_.Open();
  for (uint64_t id : kept) {
    if (id >= ConnectionTable::kFirstId) {
      Wake(id);
      continue;
    }
    std::lock_guard lock(mutex_);
    for (const auto& listener : listeners_) {
      if (listener->id == id) Arm(listener->fd.get(), id, EPOLLIN | EPOLLONESHOT, false);
    }
  }
}

void Engine::Wake(uint64_t id) {
  table_.WithIdle(id, [this](ConnectionTable::Entry& entry) {
    Arm(entry.connection->fd(), entry.id, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLONESHOT, false);
  });
}

void Engine::Shelve(ConnectionTable::Entry* entry) {
  const uint64_t id = entry->id;
  table_.MakeIdle(entry, ConnectionTable::Clock::time_point::max(), [] {});
  if (!gate_.Keep(id)) return Wake(id);
  OfferToSuccessor(id);
}

void Engine::OfferToSuccessor(uint64_t id) {
  {
    std::lock_guard lock(mutex_);
    if (successor_ == nullptr) return;
  }
  if (ConnectionTable::Entry* entry = table_.TakeIdle(id)) GiveAway(entry);
}

void Engine::Retire(std::function<void(Handed)> take) {
  StopAccepting();
  {
    std::lock_guard lock(mutex_);
    successor_ = std::move(take);
  }
  for (uint64_t id : table_.Idle()) OfferToSuccessor(id);
}

void Engine::GiveAway(ConnectionTable::Entry* entry) {
  Handed handed;
  if (entry->continuation) {
    handed.head = std::move(entry->continuation->head);
    handed.cursor = std::move(entry->continuation->cursor);
  }
  if (!entry->connection->is_tls()) handed.read_ahead = entry->connection->TakeReadAhead();
  Result<Fd> fd = Detach(entry);
  table_.Remove(entry);
  if (!fd.ok()) return;
  handed.fd = *std::move(fd);
  successor_(std::move(handed));
}

bool Engine::WaitRetired(std::chrono::milliseconds limit) {
  const auto end = ConnectionTable::Clock::now() + limit;
  const bool answered = table_.WaitEmpty(limit);
  std::unique_lock lock(mutex_);
  return pumps_changed_.wait_until(lock, end, [this] { return pumps_.empty(); }) && answered;
}

void Engine::Adopt(Handed handed) {
  if (!SetNonBlocking(handed.fd.get(), true).ok()) return;
  const int raw = handed.fd.get();
  auto connection = std::make_unique<Connection>(std::move(handed.fd));
  connection->PutReadAhead(std::move(handed.read_ahead));
  ConnectionTable::Entry* entry = table_.Add(std::move(connection));
  if (!handed.head.empty()) {
    entry->continuation = {std::move(handed.head), std::move(handed.cursor)};
  }
  if (!Arm(raw, entry->id, 0, true)) return table_.Remove(entry);
  const uint64_t id = entry->id;
  table_.MakeIdle(entry, ConnectionTable::Clock::time_point::max(), [] {});
  Wake(id);
}

}  // namespace buoy::api
