#include "daemon/shim/log_client.h"

#include <utility>

#include "common/stream/frame.h"
#include "daemon/shim/clock.h"

namespace buoy::shim {

namespace {
constexpr size_t kPiece = 32 * 1024;
}

LogClient::LogClient(ClientList& list, Fd fd, LogWriter& log, const LogsRequest& request,
                     bool follow)
    : Client(list, std::move(fd), request.client.chunked),
      log_(log),
      request_(request),
      follow_(follow),
      reader_(log.path(), {request.since, request.until, request.tail}) {
  log_.AddObserver(this);
}

LogClient::~LogClient() {
  log_.RemoveObserver(this);
  list_.loop().Cancel(&until_timer_);
}

void LogClient::Start() {
  const int64_t left = request_.until - WallNow();
  if (follow_ && request_.until != 0) {
    until_timer_ = list_.loop().After(left, [this] {
      until_timer_ = EventLoop::kNoTimer;
      OnLogClosed();
    });
  }
  Pump();
}

void LogClient::OnGone() { log_.RemoveObserver(this); }
void LogClient::OnLogAppended() { Pump(); }
void LogClient::OnLogRotated() { reader_.NoteRotation(); }
void LogClient::OnLogClosed() {
  follow_ = false;
  Pump();
}

void LogClient::AppendEntry(const loglines::LogEntry& entry, std::string* body) {
  if (!(entry.is_stderr ? request_.want_stderr : request_.want_stdout)) return;
  std::string text;
  loglines::AppendRendered(entry, {request_.timestamps, request_.details}, &text);
  if (request_.client.multiplexed) {
    stream::AppendFrameHeader(
        entry.is_stderr ? stream::StreamType::kStderr : stream::StreamType::kStdout, text.size(),
        body);
  }
  body->append(text);
}

void LogClient::Pump() {
  loglines::LogEntry entry;
  while (!finishing() && !peer_gone_ && !Congested()) {
    std::string body;
    auto step = loglines::LogReader::Step::kEntry;
    while (body.size() < kPiece) {
      step = reader_.Next(&entry);
      if (step != loglines::LogReader::Step::kEntry) break;
      AppendEntry(entry, &body);
    }
    if (!body.empty()) Send(body);
    if (step == loglines::LogReader::Step::kEntry) continue;
    if (step == loglines::LogReader::Step::kDone || !follow_) {
      Finish();
    } else {
      UpdateWatch();
    }
    return;
  }
}

}  // namespace buoy::shim
