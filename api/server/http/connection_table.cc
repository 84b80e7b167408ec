#include "api/server/http/connection_table.h"

namespace buoy::api {

ConnectionTable::Entry* ConnectionTable::Add(std::unique_ptr<Connection> connection) {
  auto entry = std::make_unique<Entry>();
  entry->connection = std::move(connection);
  entry->busy = true;
  std::lock_guard lock(mutex_);
  entry->id = next_id_++;
  Entry* raw = entry.get();
  entries_.emplace(raw->id, std::move(entry));
  return raw;
}

ConnectionTable::Entry* ConnectionTable::TakeIdle(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(id);
  if (found == entries_.end() || found->second->busy) return nullptr;
  found->second->busy = true;
  return found->second.get();
}

void ConnectionTable::MakeIdle(Entry* entry, Clock::time_point deadline,
                               const std::function<void()>& arm) {
  {
    std::lock_guard lock(mutex_);
    if (!closing_) {
      entry->busy = false;
      entry->since = Clock::now();
      entry->deadline = deadline;
      return arm();
    }
  }
  Remove(entry);
}

void ConnectionTable::WithIdle(uint64_t id, const std::function<void(Entry&)>& action) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(id);
  if (found != entries_.end() && !found->second->busy) action(*found->second);
}

std::vector<uint64_t> ConnectionTable::Idle() const {
  std::vector<uint64_t> ids;
  std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : entries_) {
    if (!entry->busy) ids.push_back(id);
  }
  return ids;
}

void ConnectionTable::Abort(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(id);
  if (found != entries_.end() && found->second->connection != nullptr) {
    found->second->connection->Abort();
  }
}

std::unique_ptr<Connection> ConnectionTable::Extract(Entry* entry) {
  std::lock_guard lock(mutex_);
  return std::move(entry->connection);
}

void ConnectionTable::Remove(Entry* entry) {
  std::unique_ptr<Entry> dying;  // closed after the lock is gone
  std::lock_guard lock(mutex_);
  auto found = entries_.find(entry->id);
  dying = std::move(found->second);
  entries_.erase(found);
  if (entries_.empty()) emptied_.notify_all();
}

void ConnectionTable::DropExpired() {
  auto now = Clock::now();
  std::lock_guard lock(mutex_);
  std::erase_if(entries_, [now](const auto& item) {
    return !item.second->busy && item.second->deadline < now;
  });
  if (entries_.empty()) emptied_.notify_all();
}

bool ConnectionTable::DropOldestIdle() {
  std::lock_guard lock(mutex_);
  auto oldest = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second->busy) continue;
    if (oldest == entries_.end() || it->second->since < oldest->second->since) oldest = it;
  }
  if (oldest == entries_.end()) return false;
  entries_.erase(oldest);
  return true;
}

void ConnectionTable::Close() {
  std::lock_guard lock(mutex_);
  closing_ = true;
  std::erase_if(entries_, [](const auto& item) { return !item.second->busy; });
  if (entries_.empty()) emptied_.notify_all();
}

void ConnectionTable::AbortBusy() {
  std::lock_guard lock(mutex_);
  for (auto& [id, entry] : entries_) {
    if (entry->busy && entry->connection != nullptr) entry->connection->Abort();
  }
}

size_t ConnectionTable::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

bool ConnectionTable::WaitEmpty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, limit, [this] { return entries_.empty(); });
}

}  // namespace buoy::api
