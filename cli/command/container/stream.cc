#include "cli/command/container/stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "cli/command/signals.h"
#include "common/stream/detach_keys.h"
#include "common/stream/frame.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr size_t kBufferSize = 32 * 1024;
constexpr char kDetached[] = "read escape sequence";
constexpr int kResizeTries = 10;

}  // namespace

bool IsDetach(const Error& error) { return error.message() == kDetached; }

ContainerStream::ContainerStream(Cli& cli, api::HijackedStream connection, StreamOptions options)
    : cli_(cli), connection_(std::move(connection)), options_(std::move(options)) {}

Result<ContainerStream*> ContainerStream::Start(Cli& cli, api::HijackedStream connection,
                                                StreamOptions options) {
  auto* stream = new ContainerStream(cli, std::move(connection), std::move(options));
  if (stream->options_.stdin_attached && stream->options_.tty) {
    RestoreTerminalOnFatalSignals();
    BUOY_ASSIGN_CONTEXT(stream->raw_, RawTerminal::Enter(STDIN_FILENO),
                        "unable to setup input stream: unable to set IO streams as raw terminal");
  }
  std::thread([stream] { stream->CopyInput(); }).detach();
  return stream;
}

bool ContainerStream::SendInput(std::string_view data) {
  while (!data.empty()) {
    ssize_t sent = send(connection_.fd.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    data.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void ContainerStream::CopyInput() {
  std::string keys(stream::kDefaultDetachKeys);
  if (options_.tty && !options_.detach_keys.empty()) {
    std::string custom;
    std::string error;
    if (stream::ParseDetachKeys(options_.detach_keys, &custom, &error)) {
      keys = custom;
    } else {
      cli_.Warn("invalid detach escape keys, using default: " + error);
    }
  }
  stream::DetachKeyFilter filter(keys);
  std::string buffer(kBufferSize, '\0');
  while (options_.stdin_attached) {
    ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    std::string_view data(buffer.data(), static_cast<size_t>(got));
    std::string passed;
    if (options_.tty && filter.Feed(data, &passed)) {
      SendInput(passed);
      detached_ = true;
      shutdown(connection_.fd.get(), SHUT_RDWR);
      break;
    }
    if (!SendInput(options_.tty ? std::string_view(passed) : data)) break;
  }
  if (!detached_) shutdown(connection_.fd.get(), SHUT_WR);
  std::lock_guard lock(mutex_);
  input_done_ = true;
  input_changed_.notify_all();
}

Status ContainerStream::CopyOutput() {
  std::string buffer(kBufferSize, '\0');
  stream::FrameReader frames;
  std::string_view data = connection_.leftover;
  while (true) {
    if (options_.tty) {
      cli_.Out(data);
    } else {
      stream::StreamType type;
      std::string_view piece;
      while (frames.Next(&data, &type, &piece)) {
        if (type == stream::StreamType::kSystemError) {
          return Internal("error from daemon in stream: " + std::string(piece));
        }
        type == stream::StreamType::kStderr ? cli_.Err(piece) : cli_.Out(piece);
      }
      if (frames.broken()) return Internal("unrecognized input header");
    }
    ssize_t got;
    do {
      got = read(connection_.fd.get(), buffer.data(), buffer.size());
    } while (got < 0 && errno == EINTR);
    if (got == 0 || (got < 0 && (errno == ECONNRESET || detached_))) return Ok();
    if (got < 0) return ErrnoError("read");
    data = std::string_view(buffer.data(), static_cast<size_t>(got));
  }
}

Status ContainerStream::Wait() {
  Status status = Ok();
  if (has_output()) {
    status = CopyOutput();
  } else {
    std::unique_lock lock(mutex_);
    input_changed_.wait(lock, [this] { return input_done_; });
  }
  raw_.Restore();
  if (detached_) return Cancelled(kDetached);
  return status;
}

void ContainerStream::Cancel() {
  shutdown(connection_.fd.get(), SHUT_RDWR);
  raw_.Restore();
}

void ResizeTerminal(Cli& cli, const std::string& id, bool exec, WindowSize size) {
  if (size.height == 0 && size.width == 0) return;
  std::string path = (exec ? "/exec/" : "/containers/") + api::EscapePath(id) + "/resize";
  api::Query query = {{"h", std::to_string(size.height)}, {"w", std::to_string(size.width)}};
  for (int i = 0; i < kResizeTries; ++i) {
    if (cli.Do("POST", path, query).ok()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10 * (i + 1)));
  }
  cli.Err("failed to resize tty, using default size\n");
}

void MonitorTerminalSize(Cli& cli, const std::string& id, bool exec) {
  ResizeTerminal(cli, id, exec, TerminalSize(STDOUT_FILENO));
  SignalThread::Start(SignalThread::Only(SIGWINCH), [&cli, id, exec](int) {
    ResizeTerminal(cli, id, exec, TerminalSize(STDOUT_FILENO));
  });
}

Status CheckTty(bool attach_stdin, bool tty) {
  if (tty && attach_stdin && !IsTerminal(STDIN_FILENO)) {
    return InvalidArgument("the input device is not a TTY");
  }
  return Ok();
}

}  // namespace buoy::cli
