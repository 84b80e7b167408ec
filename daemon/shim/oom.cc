#include "daemon/shim/oom.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/shim/io_buffer.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

int64_t ParseOomKills(std::string_view text) {
  static constexpr std::string_view kKey = "oom_kill ";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    int64_t value = 0;
    if (line.substr(0, kKey.size()) == kKey && ParseNumber(line.substr(kKey.size()), &value)) {
      return value;
    }
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : text.size());
  }
  return 0;
}

void OomWatch::Start(const std::vector<std::string>& folders) {
  Stop();
  for (const std::string& folder : folders) {
    if (!StartV2(folder) && !StartV1(folder)) continue;
    loop_.Watch(event_fd_.get(), EPOLLIN, this);
    return;
  }
}

bool OomWatch::StartV2(const std::string& folder) {
  const std::string path = folder + "/memory.events";
  event_fd_.reset(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!event_fd_ || inotify_add_watch(event_fd_.get(), path.c_str(), IN_MODIFY) < 0) return false;
  counter_path_ = path;
  seen_ = 0;
  return true;
}

bool OomWatch::StartV1(const std::string& folder) {
  const std::string path = folder + "/memory.oom_control";
  control_fd_.reset(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!control_fd_) return false;
  event_fd_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::string control = folder + "/cgroup.event_control";
  const Fd fd(open(control.c_str(), O_WRONLY | O_CLOEXEC));
  const std::string line = Number(event_fd_.get()) + " " + Number(control_fd_.get());
  // Without the notification the counter is still looked at in the end.
  if (!fd || write(fd.get(), line.data(), line.size()) < 0) LogLine("oom: no notifications");
  counter_path_ = path;
  seen_ = 0;
  return true;
}

void OomWatch::Check() {
  if (counter_path_.empty()) return;
  const int64_t kills = ParseOomKills(ReadSmallFile(counter_path_.c_str(), 4096));
  if (kills <= seen_) return;
  seen_ = kills;
  on_oom_();
}

void OomWatch::Stop() {
  if (event_fd_) loop_.Forget(event_fd_.get());
  event_fd_.reset();
  control_fd_.reset();
  counter_path_.clear();
}

void OomWatch::OnEvent(uint32_t) {
  // v1 tells before the kill is counted; the end of the process makes up for that (Check).
  while (read(event_fd_.get(), g_io_buffer, sizeof g_io_buffer) > 0) {
  }
  Check();
}

}  // namespace buoy::shim
