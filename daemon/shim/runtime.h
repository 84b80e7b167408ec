#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/child.h"

namespace buoy::shim {

// Calls of the OCI runtime's command line, never waited for in place.
class Runtime {
 public:
  struct Outcome {
    bool ok = false;
    std::string error;  // the runtime's own text, without a line end
  };
  using Done = std::function<void(const Outcome&)>;
  struct Stdio {
    int in = -1, out = -1, err = -1;  // -1 = /dev/null
  };

  Runtime(Reaper& reaper) : reaper_(reaper) {}
  // A sealed copy of `path`, started instead of it while the path names what it names now.
  void UseCopy(const std::string& path, Fd program);
  // Path and global arguments; `folder` is where the log of a running call is kept.
  void Configure(std::vector<std::string> command, std::string folder);
  // `arguments` start with the verb. `done` is called later, exactly once.
  void Call(const std::vector<std::string>& arguments, const Stdio& stdio, Done done);
  const std::vector<std::string>& command() const { return command_; }

 private:
  Reaper& reaper_;
  std::vector<std::string> command_;
  int ProgramFd() const;

  std::string folder_;
  int calls_ = 0;
  std::string copied_path_;
  struct stat copied_ = {};
  Fd copy_;
};

// The last message of level error (or worse) of a runtime's JSON log; empty when there is none.
std::string LastRuntimeError(const std::string& json_log);
// 126, 127 or 128: what Docker makes of a runtime's error text.
int ExitCodeOfStartError(const std::string& text);

}  // namespace buoy::shim
