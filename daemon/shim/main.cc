// buoy-shim: keeps one container alive, whatever happens to the daemon.
//   buoy-shim --id ID --listen-fd N --socket PATH --journal PATH [--pid-file PATH] [--log PATH]
//             [--runtime PATH --runtime-fd M]
// The listening SEQPACKET socket N is inherited, as is M > N, a sealed copy of the OCI runtime
// PATH. The process goes into the background at once.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "daemon/shim/child.h"
#include "daemon/shim/container.h"
#include "daemon/shim/event_loop.h"
#include "daemon/shim/io_buffer.h"
#include "daemon/shim/journal.h"
#include "daemon/shim/relisten.h"
#include "daemon/shim/server.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

char g_io_buffer[kIoBufferSize];

namespace {

constexpr char kOomScore[] = "-999";
constexpr int kMinimumFd = 3;

struct Arguments {
  std::string id, socket, journal, pid_file, log, runtime;
  int64_t listen_fd = -1, runtime_fd = -1;
};

bool ParseArguments(int argc, char** argv, Arguments* out) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--id") out->id = value;
    if (name == "--socket") out->socket = value;
    if (name == "--journal") out->journal = value;
    if (name == "--pid-file") out->pid_file = value;
    if (name == "--log") out->log = value;
    if (name == "--runtime") out->runtime = value;
    if (name == "--listen-fd") ParseNumber(value, &out->listen_fd);
    if (name == "--runtime-fd") ParseNumber(value, &out->runtime_fd);
  }
  return out->listen_fd >= kMinimumFd && !out->journal.empty();
}

// Standard streams away from the daemon's (a reader of its output must see the end of it), and
// nothing else inherited.
void DetachStreams(const Arguments& arguments) {
  const int null_fd = open("/dev/null", O_RDWR);
  int log_fd = -1;
  if (!arguments.log.empty())
    log_fd = open(arguments.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(null_fd, STDIN_FILENO);
  dup2(null_fd, STDOUT_FILENO);
  dup2(log_fd >= 0 ? log_fd : null_fd, STDERR_FILENO);
  unsigned next = kMinimumFd;
  for (const int64_t kept : {arguments.listen_fd, arguments.runtime_fd}) {
    if (kept < next) continue;
    const auto fd = static_cast<unsigned>(kept);
    if (fd > next) syscall(SYS_close_range, next, fd - 1, 0);
    fcntl(static_cast<int>(kept), F_SETFD, FD_CLOEXEC);
    next = fd + 1;
  }
  syscall(SYS_close_range, next, ~0u, 0);
}

// posix_spawn() of glibc leaves its two internal signals ignored in what it starts, and glibc's own
// sigaction() refuses to touch them; a container would inherit that.
void ResetInternalSignals() {
  constexpr int kCancel = 32, kSetXid = 33;
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    unsigned long mask;
  } action = {SIG_DFL, 0, nullptr, 0};
  for (const int number : {kCancel, kSetXid}) {
    syscall(SYS_rt_sigaction, number, &action, nullptr, sizeof action.mask);
  }
}

void PrepareProcess(const Arguments& arguments) {
  setsid();
  ResetInternalSignals();
  umask(022);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const int number : {SIGPIPE, SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR2}) {
    signal(number, SIG_IGN);
  }
  RelistenSignal::Block();
  WriteSmallFile("/proc/self/oom_score_adj", kOomScore);
  if (!arguments.pid_file.empty()) WriteSmallFile(arguments.pid_file.c_str(), Number(getpid()));
  // One thread with small allocations: give memory back early.
  mallopt(M_TRIM_THRESHOLD, 64 * 1024);
  mallopt(M_MMAP_THRESHOLD, 64 * 1024);
  mallopt(M_TOP_PAD, 16 * 1024);
}

int Run(const Arguments& arguments) {
  EventLoop loop;
  Reaper reaper(loop);
  Journal journal;
  if (!loop.Init() || !reaper.Init() || !journal.Open(arguments.journal)) {
    LogLine(ErrnoText("start, journal " + arguments.journal, errno));
    return 1;
  }
  Server* server = nullptr;
  const std::string folder = arguments.socket.substr(0, arguments.socket.rfind('/'));
  Container container(loop, reaper, journal, folder, [&server] {
    if (server != nullptr) server->ExitIfIdle();
  });
  Server control(loop, container, journal);
  server = &control;
  container.SetControl(&control);
  if (arguments.runtime_fd >= 0) {
    container.UseRuntimeCopy(arguments.runtime, Fd(static_cast<int>(arguments.runtime_fd)));
  }
  control.Start(Fd(static_cast<int>(arguments.listen_fd)), arguments.socket);
  loop.Run();
  // Everything is said and done; nothing is left that a destructor would have to release.
  _exit(0);
}

}  // namespace
}  // namespace buoy::shim

int main(int argc, char** argv) {
  buoy::shim::Arguments arguments;
  if (!buoy::shim::ParseArguments(argc, argv, &arguments)) {
    buoy::shim::LogLine("usage: buoy-shim --id ID --listen-fd N --socket PATH --journal PATH");
    return 2;
  }
  const pid_t pid = fork();
  if (pid != 0) _exit(pid < 0 ? 1 : 0);
  buoy::shim::PrepareProcess(arguments);
  buoy::shim::DetachStreams(arguments);
  return buoy::shim::Run(arguments);
}
