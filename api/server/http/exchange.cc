#include "api/server/http/exchange.h"

#include <algorithm>
#include <ctime>

namespace buoy::api {

namespace {

// As Go's server: a little is read away to keep the connection, more is not.
constexpr size_t kDrainLimit = 256 * 1024;
constexpr int kDrainTimeoutMs = 5000;

class NullSink : public ByteSink {
 public:
  Status Write(std::string_view) override { return Ok(); }
};

bool HasNoBody(int status) { return status == 204 || status == 304; }

}  // namespace

std::string HttpDate() {
  thread_local time_t cached_time = 0;
  thread_local std::string cached;
  time_t now = time(nullptr);
  if (now != cached_time) {
    tm parts{};
    gmtime_r(&now, &parts);
    char text[64];
    size_t size = strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    cached.assign(text, size);
    cached_time = now;
  }
  return cached;
}

Exchange::Exchange(RequestHead head, BodyFraming framing, Connection& connection, bool close,
                   Hooks hooks, std::optional<std::string> cursor)
    : head_(std::move(head)),
      connection_(connection),
      client_fd_(connection.fd()),
      body_(connection, framing,
            head_.minor >= 1 && head_.headers.HasToken("Expect", "100-continue") &&
                    (framing.chunked || framing.length > 0)
                ? [&connection]() -> Status {
                    BUOY_TRY(connection.Write("HTTP/1.1 100 Continue\r\n\r\n"));
                    return connection.Flush();
                  }
                : std::function<Status()>()),
      close_(close),
      hooks_(std::move(hooks)),
      cursor_(std::move(cursor)) {}

void Exchange::Reply(int status, std::string body, std::string content_type) {
  if (state_ != State::kOpen && state_ != State::kReplied) return;
  status_ = status;
  if (cursor_) {  // an answer in the middle of another one
    state_ = State::kStreaming;
    return Abandon();
  }
  state_ = State::kReplied;
  reply_body_ = std::move(body);
  if (!content_type.empty()) headers_.Set("Content-Type", std::move(content_type));
}

std::string Exchange::HeaderLines() const {
  std::string text;
  for (const auto& [name, value] : headers_.fields()) {
    // Values may hold what a user sent; a line break would start another header.
    if (value.find_first_of("\r\n") != std::string::npos) continue;
    text += name + ": " + value + "\r\n";
  }
  return text;
}

std::string Exchange::HeadText(int status, std::string_view framing) const {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " + ReasonPhrase(status) + "\r\n";
  text += HeaderLines();
  text += "Date: " + HttpDate() + "\r\n";
  if (close_) text += "Connection: close\r\n";
  text += framing;
  text += "\r\n";
  return text;
}

Result<ByteSink*> Exchange::StartStream(int status) {
  if (state_ != State::kOpen && state_ != State::kReplied) {
    return Internal("the response was already started");
  }
  if (guard_) BUOY_TRY(std::exchange(guard_, nullptr)(status));
  DecideAboutUnreadBody();
  body_.ForgetContinue();
  bool chunked = head_.minor >= 1;
  if (!chunked) close_ = true;
  bool is_head = head_.method == "HEAD";
  status_ = status;
  state_ = State::kStreaming;
  if (!cursor_) {
    BUOY_TRY(connection_.Write(HeadText(status, chunked ? "Transfer-Encoding: chunked\r\n" : "")));
    BUOY_TRY(connection_.Flush());
  }
  if (is_head) {
    sink_ = std::make_unique<NullSink>();
  } else {
    auto chunks = std::make_unique<ChunkWriter>(connection_, chunked);
    chunks_ = chunks.get();
    sink_ = std::move(chunks);
  }
  return sink_.get();
}

Result<Fd> Exchange::TakeConnection(const std::string& head, std::string& read_ahead) {
  if ((state_ != State::kOpen && state_ != State::kReplied) || cursor_) {
    return Internal("the response was already started");
  }
  if (guard_) {
    const bool upgraded = head.starts_with("HTTP/1.1 101");
    BUOY_TRY(std::exchange(guard_, nullptr)(upgraded ? 101 : 200));
  }
  if (!body_.Drain(kDrainLimit, kDrainTimeoutMs)) {
    return InvalidArgument("the request's body must be complete before its connection is upgraded");
  }
  state_ = State::kTaken;
  BUOY_TRY(connection_.Write(head));
  BUOY_TRY(connection_.Flush());
  // With TLS the pump forwards the read-ahead itself.
  if (!connection_.is_tls()) read_ahead = connection_.TakeReadAhead();
  return hooks_.take();
}

void Exchange::Interrupt(std::string cursor) {
  if (state_ != State::kStreaming) return;
  state_ = State::kInterrupted;
  cursor_ = std::move(cursor);
}

void Exchange::Abandon() {
  if (state_ != State::kStreaming) return;
  chunks_ = nullptr;
  close_ = true;
}

void Exchange::DecideAboutUnreadBody() {
  if (body_.done() || close_) return;
  bool too_long = body_.left() > static_cast<int64_t>(kDrainLimit);
  if (body_.failed() || body_.waiting_for_continue() || too_long) close_ = true;
}

bool Exchange::Finish() {
  if (state_ == State::kTaken || state_ == State::kInterrupted) return true;
  if (state_ == State::kStreaming) {
    bool ok = chunks_ == nullptr || chunks_->Finish().ok();
    state_ = State::kSent;
    return ok;
  }
  if (state_ == State::kReplied) {
    // Only answers without a body come here; what a GET would have carried is told to a HEAD.
    std::string framing;
    if (!HasNoBody(status_)) {
      framing = "Content-Length: " + std::to_string(reply_body_.size()) + "\r\n";
    }
    state_ = State::kSent;
    if (!connection_.Write(HeadText(status_, framing)).ok()) return false;
  }
  return connection_.Flush().ok();
}

bool Exchange::KeepAlive() {
  if (state_ == State::kTaken || close_ || body_.failed()) return false;
  if (!body_.done() &&
      (body_.waiting_for_continue() || !body_.Drain(kDrainLimit, kDrainTimeoutMs))) {
    return false;
  }
  return !body_.framing().suspicious;
}

}  // namespace buoy::api
