#include "daemon/shim/runtime.h"

#include <sys/wait.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "common/loglines/json_scan.h"
#include "common/unix/same_file.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {
constexpr size_t kMaxLog = 256 * 1024;
}

void Runtime::Configure(std::vector<std::string> command, std::string folder) {
  command_ = std::move(command);
  folder_ = std::move(folder);
}

void Runtime::UseCopy(const std::string& path, Fd program) {
  if (stat(path.c_str(), &copied_) != 0) return;
  copied_path_ = path;
  copy_ = std::move(program);
}

int Runtime::ProgramFd() const {
  struct stat now;
  const bool current = copy_ && command_[0] == copied_path_ &&
                       stat(copied_path_.c_str(), &now) == 0 && SameFile(now, copied_);
  return current ? copy_.get() : -1;
}

void Runtime::Call(const std::vector<std::string>& arguments, const Stdio& stdio, Done done) {
  const std::string log = folder_ + "/runtime-" + Number(++calls_) + ".log";
  SpawnSpec spec;
  spec.argv = command_;
  spec.argv.insert(spec.argv.end(), {"--log", log, "--log-format", "json"});
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  if (!command_.empty()) spec.program_fd = ProgramFd();
  spec.stdin_fd = stdio.in;
  spec.stdout_fd = stdio.out;
  spec.stderr_fd = stdio.err;
  unlink(log.c_str());
  const pid_t pid = reaper_.Spawn(spec, [log, done](int status) {
    Outcome outcome;
    outcome.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!outcome.ok) {
      outcome.error = LastRuntimeError(ReadSmallFile(log.c_str(), kMaxLog));
      if (outcome.error.empty() && WIFSIGNALED(status)) {
        outcome.error = "signal: " + Number(WTERMSIG(status));
      }
    }
    unlink(log.c_str());
    done(outcome);
  });
  if (pid > 0) return;
  Outcome outcome;
  outcome.error = ErrnoText("fork/exec " + (command_.empty() ? "" : command_[0]), -pid);
  reaper_.Later([done = std::move(done), outcome] { done(outcome); });
}

std::string LastRuntimeError(const std::string& json_log) {
  std::string last;
  std::string_view rest(json_log);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
    loglines::ObjectScanner scanner(line);
    std::string key, level, message;
    std::string_view value;
    while (scanner.Next(&key, &value)) {
      if (key == "level") loglines::AppendUnescaped(value, &level);
      if (key == "msg") loglines::AppendUnescaped(value, &message);
    }
    if (level == "error" || level == "fatal" || level == "panic") last = std::move(message);
  }
  while (!last.empty() && (last.back() == '\n' || last.back() == '\r')) last.pop_back();
  return last;
}

int ExitCodeOfStartError(const std::string& text) {
  std::string lower = text;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (Contains(lower, "permission denied") || Contains(lower, "is a directory")) return 126;
  for (const char* sign :
       {"not a directory", "executable file not found", "no such file or directory",
        "system cannot find the file specified", "failed to run runc create/exec call"}) {
    if (Contains(lower, sign)) return 127;
  }
  return 128;
}

}  // namespace buoy::shim
