#include "cli/command/container/stats_collector.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/command/container/container.h"
#include "cli/command/system/daemon_kind.h"
#include "cli/formatter/json_lines.h"

namespace buoy::cli {
namespace {

constexpr auto kRetryPause = std::chrono::milliseconds(200);
constexpr auto kFirstWait = std::chrono::seconds(10);

}  // namespace

void StatsCollector::Add(const std::string& container, const std::string& id) {
  auto entry = std::make_shared<Entry>();
  entry->sample.container = container;
  entry->sample.id = id;
  {
    std::lock_guard lock(mutex_);
    for (const auto& known : entries_) {
      if (known->sample.container == container) return;
    }
    entries_.push_back(entry);
  }
  std::thread([this, entry] { Follow(entry); }).detach();
}

void StatsCollector::Remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const std::shared_ptr<Entry>& entry) {
    bool match = entry->sample.id == id || entry->sample.container == id ||
                 (!entry->sample.container.empty() && id.starts_with(entry->sample.container));
    entry->removed = entry->removed || match;
    return match;
  });
}

Status StatsCollector::ReadStream(Entry& entry) {
  BUOY_ASSIGN(api::Client * client, cli_.client());
  BUOY_ASSIGN(std::string path, ContainerPath(entry.sample.container, "/stats"));
  BUOY_ASSIGN(auto stream,
              client->Open({.path = path, .query = {{"stream", stream_ ? "1" : "0"}}}));
  JsonLines lines(*stream);
  while (true) {
    BUOY_ASSIGN(auto stats, lines.Next());
    if (!stats) return Ok();
    StatsSample sample = SampleOf(entry.sample.container, *stats);
    std::lock_guard lock(mutex_);
    if (entry.removed) return Ok();
    if (sample.id.empty()) sample.id = entry.sample.id;
    entry.sample = std::move(sample);
    entry.first = true;
    changed_.notify_all();
  }
}

void StatsCollector::Follow(std::shared_ptr<Entry> entry) {
  while (true) {
    Status status = ReadStream(*entry);
    bool lost = DaemonWentAway(status);
    std::unique_lock lock(mutex_);
    if (entry->removed) return;
    if (!stream_ || !lost || (!survives_ && !status.ok())) {
      if (!status.ok()) {
        errors_.push_back(status.error());
        std::erase(entries_, entry);
      }
      entry->first = true;
      changed_.notify_all();
      return;
    }
    entry->sample.valid = false;
    entry->first = true;
    changed_.notify_all();
    if (!survives_) return;
    lock.unlock();
    std::this_thread::sleep_for(kRetryPause);
  }
}

void StatsCollector::WaitForFirst() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kFirstWait, [this] {
    return std::all_of(entries_.begin(), entries_.end(),
                       [](const std::shared_ptr<Entry>& entry) { return entry->first; });
  });
}

std::vector<Error> StatsCollector::TakeErrors() {
  std::lock_guard lock(mutex_);
  return std::exchange(errors_, {});
}

std::vector<StatsSample> StatsCollector::Samples() {
  std::lock_guard lock(mutex_);
  std::vector<StatsSample> out;
  for (const auto& entry : entries_) out.push_back(entry->sample);
  return out;
}

bool StatsCollector::empty() {
  std::lock_guard lock(mutex_);
  return entries_.empty();
}

}  // namespace buoy::cli
