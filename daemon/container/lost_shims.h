#pragma once

#include <sys/types.h>

#include <map>
#include <mutex>
#include <string>

namespace buoy::container {

// Supervisors whose socket's file is gone (somebody wiped the run directory). They are found among
// the processes and make it anew when they get SIGUSR1. Thread-safe.
class LostShims {
 public:
  // True when the container's shim lives and listens at `socket` (again). Waits for 2 seconds at
  // most; a shim of a release that ignores the signal stays lost.
  bool Recall(const std::string& id, const std::string& socket);

 private:
  pid_t Find(const std::string& id);

  std::mutex mutex_;
  bool searched_ = false;
  std::map<std::string, pid_t> pids_;  // by container
};

}  // namespace buoy::container
