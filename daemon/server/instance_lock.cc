#include "daemon/server/instance_lock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "common/unix/file.h"

namespace buoy::server {
namespace {

// 0 when the file names no process.
pid_t ReadPid(const std::string& path) {
  auto text = ReadFile(path, 64);
  return text.ok() ? static_cast<pid_t>(std::atol(text->c_str())) : 0;
}

bool Runs(pid_t pid) { return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM); }

}  // namespace

Result<InstanceLock> InstanceLock::Take(const std::string& lock_path) {
  BUOY_ASSIGN(Fd fd, Open(lock_path, O_RDWR | O_CREAT, 0600));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Conflict("another daemon uses this data root: " + lock_path + " is locked");
    }
    return ErrnoError("flock " + lock_path);
  }
  return InstanceLock(std::move(fd));
}

Result<Pidfile> Pidfile::Write(const std::string& path, pid_t predecessor) {
  if (path.empty()) return Pidfile("");
  BUOY_TRY(MakeDirs(path.substr(0, path.rfind('/')), 0755));
  const pid_t other = ReadPid(path);
  if (other != getpid() && other != predecessor && Runs(other)) {
    return Conflict("failed to start daemon, ensure docker is not running or delete " + path +
                    ": process with PID " + std::to_string(other) + " is still running");
  }
  BUOY_TRY(WriteFileAtomic(path, std::to_string(getpid()), 0644));
  return Pidfile(path);
}

Pidfile::~Pidfile() {
  if (!path_.empty() && ReadPid(path_) == getpid()) unlink(path_.c_str());
}

}  // namespace buoy::server
