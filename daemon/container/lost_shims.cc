#include "daemon/container/lost_shims.h"

#include <dirent.h>
#include <signal.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

#include "common/unix/file.h"
#include "daemon/logging/log.h"

namespace buoy::container {
namespace {

constexpr auto kPatience = std::chrono::seconds(2);
constexpr auto kPause = std::chrono::milliseconds(2);

// The container of a command line of a shim; "" = it is something else's.
std::string ContainerOf(std::string_view command_line) {
  const std::string_view program = command_line.substr(0, command_line.find('\0'));
  if (program.substr(program.rfind('/') + 1) != "buoy-shim") return "";
  constexpr std::string_view kOption("\0--id\0", 6);
  const size_t at = command_line.find(kOption);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = command_line.substr(at + kOption.size());
  return std::string(rest.substr(0, rest.find('\0')));
}

std::map<std::string, pid_t> RunningShims() {
  std::map<std::string, pid_t> found;
  DIR* processes = opendir("/proc");
  if (processes == nullptr) return found;
  while (const dirent* entry = readdir(processes)) {
    const char* name = entry->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name, name + strlen(name), pid);
    if (error != std::errc() || *end != '\0') continue;
    const auto command_line = ReadFile("/proc/" + std::string(name) + "/cmdline");
    if (!command_line.ok()) continue;
    if (const std::string id = ContainerOf(*command_line); !id.empty()) found[id] = pid;
  }
  closedir(processes);
  return found;
}

}  // namespace

pid_t LostShims::Find(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (!searched_) pids_ = RunningShims();
  searched_ = true;
  const auto found = pids_.find(id);
  return found == pids_.end() ? 0 : found->second;
}

bool LostShims::Recall(const std::string& id, const std::string& socket) {
  const pid_t pid = Find(id);
  if (pid == 0 || !MakeDirs(socket.substr(0, socket.rfind('/')), 0711).ok()) return false;
  log::Warn("the socket of a container's shim is gone, the shim is asked for another one",
            {{"container", id}, {"shim", pid}});
  const auto end = std::chrono::steady_clock::now() + kPatience;
  if (kill(pid, SIGUSR1) != 0) return false;
  while (!PathExists(socket)) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace buoy::container
