#include "daemon/shim/stream_client.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/shim/io_buffer.h"

namespace buoy::shim {

StreamClient::StreamClient(ClientList& list, Fd fd, ProcessIo& io, Options options,
                           std::function<void()> on_detach)
    : Client(list, std::move(fd), false),
      io_(&io),
      options_(std::move(options)),
      on_detach_(std::move(on_detach)),
      keys_(options_.detach_keys) {
  input_ended_ = !options_.attach_stdin;
}

void StreamClient::StartWithLog(LogWriter& log, bool stream) {
  io_->AddClient(this);
  log_ = &log;
  stream_after_replay_ = stream;
  replay_ = std::make_unique<loglines::LogReader>(log.path(), loglines::ReadOptions());
  ReplayLog();
}

void StreamClient::Start() {
  io_->AddClient(this);
  OnProcessRunning();
}

// Sends from the log until the connection or the log has no more. At the log's end nothing has
// been logged that was not sent, so live output can follow without a gap or a repetition.
void StreamClient::ReplayLog() {
  loglines::LogEntry entry;
  while (!Congested()) {
    if (replay_->Next(&entry) != loglines::LogReader::Step::kEntry) {
      replay_.reset();
      LogWriter* log = std::exchange(log_, nullptr);
      if (!stream_after_replay_) {
        Leave();
        return;
      }
      for (const bool is_stderr : {false, true}) OnOutput(is_stderr, log->pending(is_stderr));
      OnProcessRunning();
      return;
    }
    // Not through OnOutput, which drops live output during the replay.
    const bool wanted = entry.is_stderr ? options_.attach_stderr : options_.attach_stdout;
    if (!wanted) continue;
    if (options_.multiplexed) {
      stream::AppendFrameHeader(
          entry.is_stderr ? stream::StreamType::kStderr : stream::StreamType::kStdout,
          entry.log.size(), out_.buffer());
    }
    out_.Append(entry.log);
  }
  Flush();
}

void StreamClient::OnProcessRunning() {
  if (replay_ != nullptr || io_ == nullptr) return;
  if (!options_.read_ahead.empty() && io_->accepts_stdin() && !input_ended_) {
    const std::string early = std::exchange(options_.read_ahead, {});
    TakeInput(early);
  }
  UpdateWatch();
}

void StreamClient::OnOutput(bool is_stderr, std::string_view data) {
  const bool wanted = is_stderr ? options_.attach_stderr : options_.attach_stdout;
  if (!wanted || data.empty() || replay_ != nullptr || finishing() || peer_gone_) return;
  if (options_.multiplexed) {
    stream::AppendFrameHeader(is_stderr ? stream::StreamType::kStderr : stream::StreamType::kStdout,
                              data.size(), out_.buffer());
  }
  out_.Append(data);
  Flush();
}

void StreamClient::SendText(std::string_view text) {
  if (finishing()) return;
  if (options_.multiplexed) {
    stream::AppendFrameHeader(stream::StreamType::kStdout, text.size(), out_.buffer());
  }
  out_.Append(text);
}

void StreamClient::OnProcessGone() {
  io_ = nullptr;
  input_ended_ = true;
  if (replay_ != nullptr) {
    stream_after_replay_ = false;  // the end of the log is the end of the stream
    ReplayLog();
    return;
  }
  Finish();
}

void StreamClient::OnStdinRoom() { UpdateWatch(); }

bool StreamClient::WantsInput() const {
  return !input_ended_ && io_ != nullptr && replay_ == nullptr && io_->accepts_stdin() &&
         !io_->stdin_congested();
}

bool StreamClient::InputPending() const {
  return !input_ended_ && io_ != nullptr && (io_->starting() || io_->accepts_stdin());
}

void StreamClient::OnInput() {
  const ssize_t n = read(fd_.get(), g_io_buffer, sizeof g_io_buffer);
  if (n > 0) {
    TakeInput(std::string_view(g_io_buffer, static_cast<size_t>(n)));
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    OnInputEnd();
  }
  UpdateWatch();
}

void StreamClient::TakeInput(std::string_view data) {
  if (!io_->tty() || options_.detach_keys.empty()) {
    io_->WriteStdin(data);
    return;
  }
  std::string passed;
  const bool detach = keys_.Feed(data, &passed);
  io_->WriteStdin(passed);
  if (!detach) return;
  input_ended_ = true;
  if (on_detach_) on_detach_();
  Leave();
}

// As in Docker: either this is the end of the process's input, or the client is done with it all.
void StreamClient::OnInputEnd() {
  input_ended_ = true;
  if (io_->close_stdin()) {
    io_->CloseStdin();
  } else {
    Leave();
  }
}

void StreamClient::Leave() {
  ProcessIo* io = std::exchange(io_, nullptr);
  input_ended_ = true;
  if (io != nullptr) io->RemoveClient(this);
  Finish();
}

void StreamClient::OnDrained() {
  if (replay_ != nullptr) {
    ReplayLog();
  } else if (io_ != nullptr) {
    io_->UpdatePace();
  }
}

void StreamClient::OnGone() {
  ProcessIo* io = std::exchange(io_, nullptr);
  if (io == nullptr) return;
  const bool input_lost = !std::exchange(input_ended_, true);
  if (input_lost && io->close_stdin()) io->CloseStdin();
  io->RemoveClient(this);
}

}  // namespace buoy::shim
