#include "daemon/shim/process_io.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/shim/console_socket.h"
#include "daemon/shim/io_buffer.h"
#include "daemon/shim/stream_client.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {

constexpr size_t kMaxErrorText = 16 * 1024;

bool MakePipe(uint32_t size, Fd* read_end, Fd* write_end) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return false;
  read_end->reset(fds[0]);
  write_end->reset(fds[1]);
  if (size > 0 && fcntl(fds[0], F_SETPIPE_SZ, size) < 0) {
    LogLine(ErrnoText("a pipe of " + Number(size) + " bytes", errno));  // a smaller one works too
  }
  return true;
}

void SetNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

ProcessIo::ProcessIo(EventLoop& loop)
    : loop_(loop), stdout_(loop, *this, false), stderr_(loop, *this, true) {}

ProcessIo::~ProcessIo() { Close(); }

bool ProcessIo::Open(const Options& options) {
  options_ = options;
  draining_ = paused_ = stdin_ending_ = running_ = false;
  starting_ = true;
  if (options.tty) return OpenConsoleSocket();
  return OpenPipes();
}

bool ProcessIo::OpenPipes() {
  Fd reader;
  if (options_.want_stdin) {
    if (!MakePipe(options_.pipe_size, &child_ends_[0], &stdin_fd_)) return false;
    SetNonBlocking(stdin_fd_.get());
  }
  if (options_.want_stdout) {
    if (!MakePipe(options_.pipe_size, &reader, &child_ends_[1])) return false;
    stdout_.Open(std::move(reader));
  }
  if (options_.want_stderr) {
    if (!MakePipe(options_.pipe_size, &reader, &child_ends_[2])) return false;
    stderr_.Open(std::move(reader));
  }
  return true;
}

bool ProcessIo::OpenConsoleSocket() {
  console_socket_ = ListenForConsole(options_.console_path);
  if (!console_socket_) return false;
  loop_.Watch(console_socket_.get(), EPOLLIN, this);
  return true;
}

Runtime::Stdio ProcessIo::child_stdio() const {
  return {child_ends_[0].get(), child_ends_[1].get(), child_ends_[2].get()};
}

std::vector<std::string> ProcessIo::console_arguments() const {
  if (!options_.tty) return {};
  return {"--console-socket", options_.console_path};
}

// Receives the pty's master if the runtime has sent it.
bool ProcessIo::TakeConsole() {
  if (!console_socket_) return stdout_.open();
  Fd master = ReceiveConsole(console_socket_.get());
  if (!master) return false;
  CloseConsoleSocket();
  SetNonBlocking(master.get());
  if (options_.want_stdin) stdin_fd_.reset(fcntl(master.get(), F_DUPFD_CLOEXEC, 3));
  stdout_.Open(std::move(master));
  if (options_.console_size.width > 0) Resize(options_.console_size);
  return true;
}

void ProcessIo::CloseConsoleSocket() {
  if (!console_socket_) return;
  loop_.Forget(console_socket_.get());
  console_socket_.reset();
  unlink(options_.console_path.c_str());
}

bool ProcessIo::Begin() {
  for (Fd& fd : child_ends_) fd.reset();
  if (options_.tty && !TakeConsole()) return false;
  starting_ = false;
  running_ = true;
  paused_ = true;
  UpdatePace();
  const auto clients = clients_;
  for (StreamClient* client : clients) client->OnProcessRunning();
  return true;
}

std::string ProcessIo::TakeErrorText() {
  for (Fd& fd : child_ends_) fd.reset();
  std::string out;
  if (stderr_.open()) {
    SetNonBlocking(stderr_.fd());
    const ssize_t n = read(stderr_.fd(), g_io_buffer, kMaxErrorText);
    if (n > 0) out.assign(g_io_buffer, static_cast<size_t>(n));
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void ProcessIo::Drain(int64_t limit) {
  draining_ = true;
  CloseStdinNow();
  if (!stdout_.open() && !stderr_.open()) {
    OnOutputEnd();
    return;
  }
  UpdatePace();
  drain_timer_ = loop_.After(limit, [this] {
    drain_timer_ = EventLoop::kNoTimer;
    stdout_.ReadAll();
    stderr_.ReadAll();
    stdout_.Close();
    stderr_.Close();
    OnOutputEnd();
  });
}

void ProcessIo::OnOutputEnd() {
  if (stdout_.open() || stderr_.open() || !draining_) return;
  loop_.Cancel(&drain_timer_);
  if (on_closed_) std::exchange(on_closed_, nullptr)();
}

void ProcessIo::Close() {
  loop_.Cancel(&drain_timer_);
  on_closed_ = nullptr;
  CloseConsoleSocket();
  CloseStdinNow();
  stdout_.Close();
  stderr_.Close();
  for (Fd& fd : child_ends_) fd.reset();
  starting_ = running_ = false;
  FinishClients();
}

void ProcessIo::AddClient(StreamClient* client) { clients_.push_back(client); }

void ProcessIo::RemoveClient(StreamClient* client) {
  clients_.erase(std::remove(clients_.begin(), clients_.end(), client), clients_.end());
  UpdatePace();
}

void ProcessIo::FinishClients() {
  const auto clients = std::move(clients_);
  clients_.clear();
  for (StreamClient* client : clients) client->OnProcessGone();
}

void ProcessIo::SendText(std::string_view text) {
  for (StreamClient* client : clients_) client->SendText(text);
}

void ProcessIo::OnOutput(bool is_stderr, std::string_view data) {
  if (tap_) tap_(is_stderr, data);
  if (clients_.empty()) return;
  const auto clients = clients_;
  for (StreamClient* client : clients) client->OnOutput(is_stderr, data);
  UpdatePace();
}

void ProcessIo::UpdatePace() {
  if (!running_) return;
  bool congested = false;
  for (const StreamClient* client : clients_) congested = congested || client->Congested();
  const bool pause = congested && !draining_;
  if (pause == paused_) return;
  paused_ = pause;
  stdout_.SetPaused(pause);
  stderr_.SetPaused(pause);
}

void ProcessIo::WriteStdin(std::string_view data) {
  if (!accepts_stdin()) return;
  stdin_.Append(data);
  FlushStdin();
}

void ProcessIo::FlushStdin() {
  const bool was_congested = stdin_congested();
  if (!stdin_.Flush(stdin_fd_.get())) {
    // Nobody reads it any more: clients go on without input.
    CloseStdinNow();
  } else if (stdin_.empty() && stdin_ending_) {
    CloseStdinNow();
  } else {
    loop_.Watch(stdin_fd_.get(), stdin_.empty() ? 0 : uint32_t{EPOLLOUT}, this);
  }
  if (!was_congested || stdin_congested()) return;
  const auto clients = clients_;
  for (StreamClient* client : clients) client->OnStdinRoom();
}

void ProcessIo::CloseStdin() {
  if (!stdin_fd_ || options_.tty) return;
  stdin_ending_ = true;
  if (stdin_.empty()) CloseStdinNow();
}

void ProcessIo::CloseStdinNow() {
  if (!stdin_fd_) return;
  loop_.Forget(stdin_fd_.get());
  stdin_fd_.reset();
  stdin_.Clear();
}

bool ProcessIo::Resize(const ConsoleSize& size) {
  options_.console_size = size;
  if (!options_.tty || !stdout_.open()) return false;
  struct winsize window = {};
  window.ws_col = static_cast<unsigned short>(size.width);
  window.ws_row = static_cast<unsigned short>(size.height);
  return ioctl(stdout_.fd(), TIOCSWINSZ, &window) == 0;
}

void ProcessIo::OnEvent(uint32_t events) {
  if (console_socket_) {
    TakeConsole();
    return;
  }
  if (!stdin_fd_) return;
  if (events & (EPOLLERR | EPOLLHUP)) {
    CloseStdinNow();
    const auto clients = clients_;
    for (StreamClient* client : clients) client->OnStdinRoom();
    return;
  }
  FlushStdin();
}

void OutputPump::Open(Fd fd) {
  fd_ = std::move(fd);
  fcntl(fd_.get(), F_SETFL, fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
}

void OutputPump::SetPaused(bool paused) {
  if (!fd_) return;
  // A hang-up cannot be masked, so a paused descriptor leaves the epoll set.
  if (paused) {
    loop_.Forget(fd_.get());
  } else {
    loop_.Watch(fd_.get(), EPOLLIN, this);
  }
}

bool OutputPump::ReadOnce() {
  const ssize_t n = read(fd_.get(), g_io_buffer, sizeof g_io_buffer);
  if (n > 0) {
    io_.OnOutput(is_stderr_, std::string_view(g_io_buffer, static_cast<size_t>(n)));
    return fd_.valid();
  }
  if (n < 0 && errno == EINTR) return true;
  if (n < 0 && errno == EAGAIN) return false;
  Close();  // the end, or EIO of a pty without slaves
  return false;
}

void OutputPump::ReadAll() {
  // Bounded: somebody may go on writing for ever.
  for (int i = 0; i < 64 && fd_ && ReadOnce(); i++) {
  }
}

void OutputPump::Close() {
  if (!fd_) return;
  loop_.Forget(fd_.get());
  fd_.reset();
}

void OutputPump::OnEvent(uint32_t) {
  ReadOnce();
  if (!fd_) io_.OnOutputEnd();
}

}  // namespace buoy::shim
