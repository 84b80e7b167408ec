#include "common/unix/cgroup_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <sstream>
#include <string_view>
#include <thread>

#include "common/unix/file.h"

namespace buoy {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kExpected{30};  // from a request to the runtime's change of cgroup, at most
constexpr milliseconds kPause{4};      // shorter than what the kernel keeps the lock ready for

std::atomic<Clock::rep> g_until{0};
std::atomic<bool> g_running{false};

bool Contains(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    if (one == item) return true;
    list.remove_prefix(std::min(list.size(), one.size() + 1));
  }
  return item.empty();
}

void KeepReady(const std::string& mount, const std::string& controller) {
  auto procs = OwnCgroupProcs(mount, controller);
  if (!procs.ok()) return;
  auto file = Open(*procs, O_WRONLY | O_CLOEXEC);
  if (!file.ok()) return;
  do {
    if (write(file->get(), "0", 1) < 0) return;  // e.g. no permission
    std::this_thread::sleep_for(kPause);
  } while (Clock::now().time_since_epoch().count() < g_until);
}

}  // namespace

Result<std::string> OwnCgroupProcs(const std::string& mount, const std::string& controller) {
  BUOY_ASSIGN(std::string own, ReadFile("/proc/self/cgroup"));
  std::istringstream lines(own);
  for (std::string line; std::getline(lines, line);) {
    // number:controllers:path
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = std::string_view(line).substr(first + 1, second - first - 1);
    if (controllers.empty() != controller.empty() || !Contains(controllers, controller)) continue;
    std::string path = mount + line.substr(second + 1) + "/cgroup.procs";
    BUOY_ASSIGN(std::string members, ReadFile(path));
    const std::string self = "\n" + std::to_string(getpid()) + "\n";
    if (("\n" + members).find(self) == std::string::npos) break;
    return path;
  }
  return NotFound("own cgroup below " + mount);
}

void ExpectCgroupAttach(const std::string& mount, const std::string& controller) {
  g_until = (Clock::now() + kExpected).time_since_epoch().count();
  if (g_running.exchange(true)) return;
  std::thread([mount, controller] {
    KeepReady(mount, controller);
    g_running = false;
  }).detach();
}

}  // namespace buoy
