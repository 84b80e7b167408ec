#include "daemon/shim/exec.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/runtime_text/runtime_text.h"
#include "daemon/shim/clock.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {
// Others may keep the output open for ever after the process has ended (Docker waits as long).
constexpr int64_t kDrainLimit = 2 * kSecond;
constexpr size_t kMaxProcess = 4 << 20;
}  // namespace

uint64_t ProcessStartTime(pid_t pid) {
  const std::string stat = ReadSmallFile(("/proc/" + Number(pid) + "/stat").c_str(), 4096);
  size_t at = stat.rfind(')');  // the name may hold anything
  for (int field = 2; field < 22 && at != std::string::npos; field++) at = stat.find(' ', at + 1);
  int64_t ticks = 0;
  if (at == std::string::npos) return 0;
  ParseNumber(std::string_view(stat).substr(at), &ticks);
  return static_cast<uint64_t>(ticks);
}

Exec::~Exec() { *alive_ = false; }

void Exec::Start(const std::string& container_id, const std::string& name,
                 const std::string& process_path, ProcessIo::Options io, Handlers handlers) {
  handlers_ = std::move(handlers);
  process_path_ = process_path;
  pid_path_ = name + ".pid";
  io.console_path = name + ".sock";
  const auto alive = alive_;
  if (!io_.Open(io)) {
    const std::string text = ErrnoText("exec: streams", errno);
    loop_.Defer([this, alive, text] {
      if (*alive) Fail(text);
    });
    return;
  }
  std::vector<std::string> arguments = {"exec",       "--detach",   "--process",
                                        process_path, "--pid-file", pid_path_};
  for (std::string& argument : io_.console_arguments()) arguments.push_back(std::move(argument));
  arguments.push_back(container_id);
  unlink(pid_path_.c_str());
  reaper_.HoldUnknown();
  Reaper& reaper = reaper_;
  runtime_.Call(arguments, io_.child_stdio(),
                [this, alive, &reaper](const Runtime::Outcome& outcome) {
                  if (*alive) OnRuntimeDone(outcome);
                  reaper.ReleaseUnknown();
                });
}

void Exec::OnRuntimeDone(const Runtime::Outcome& outcome) {
  int64_t pid = 0;
  const bool known = ParseNumber(ReadSmallFile(pid_path_.c_str(), 64), &pid);
  unlink(pid_path_.c_str());
  if (!outcome.ok) {
    const std::string text = io_.TakeErrorText();
    Fail(InRuncsWords(outcome.error.empty() ? text : outcome.error, RuntimeVerb::kExec,
                      ProgramOf(ReadSmallFile(process_path_.c_str(), kMaxProcess))));
    return;
  }
  if (!known || !io_.Begin()) {
    if (known) kill(static_cast<pid_t>(pid), SIGKILL);
    Fail(known ? "the OCI runtime sent no console" : "the OCI runtime wrote no pid file");
    return;
  }
  pid_ = static_cast<pid_t>(pid);
  start_time_ = ProcessStartTime(pid_);
  const auto alive = alive_;
  reaper_.Adopt(pid_, [this, alive](int status) {
    if (*alive) OnExit(ExitCode(status));
  });
  if (handlers_.on_started) handlers_.on_started();
}

void Exec::Fail(const std::string& text) {
  auto on_failed = std::move(handlers_.on_failed);
  if (on_failed) on_failed(text);
}

void Exec::OnExit(int exit_code) {
  pid_ = 0;
  io_.SetClosedHandler([this, exit_code] {
    auto on_exited = std::move(handlers_.on_exited);
    if (on_exited) on_exited(exit_code);
  });
  io_.Drain(kDrainLimit);
}

int Exec::Signal(int signal) {
  if (pid_ == 0) return -ESRCH;
  return kill(pid_, signal) == 0 ? 0 : -errno;
}

}  // namespace buoy::shim
