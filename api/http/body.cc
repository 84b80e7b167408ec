#include "api/http/body.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace buoy::api {

namespace {

constexpr size_t kMaxChunkLine = 4096;
constexpr size_t kMaxTrailers = 64 * 1024;

Error UnexpectedEof() { return InvalidArgument("unexpected EOF"); }

}  // namespace

Result<size_t> BodyReader::Read(std::span<char> buffer) {
  if (!peeked_.empty()) {
    const size_t size = std::min(buffer.size(), peeked_.size());
    std::copy_n(peeked_.begin(), size, buffer.begin());
    peeked_.erase(0, size);
    return size;
  }
  if (failure_) return *failure_;
  if (done_) return size_t{0};
  Result<size_t> got = ReadBody(buffer);
  if (!got.ok()) failure_ = got.error();
  return got;
}

Result<std::string_view> BodyReader::Peek(size_t limit) {
  std::string all = std::exchange(peeked_, {});
  char buffer[16 * 1024];
  while (all.size() < limit && !done_) {
    Result<size_t> got = Read(buffer);
    if (!got.ok()) return std::move(got).error();
    all.append(buffer, *got);
  }
  peeked_ = std::move(all);
  return std::string_view(peeked_);
}

Result<size_t> BodyReader::ReadBody(std::span<char> buffer) {
  if (before_) BUOY_TRY(std::exchange(before_, nullptr)());
  if (framing_.chunked) return ReadChunked(buffer);
  size_t wanted = buffer.size();
  if (left_ >= 0) wanted = std::min<uint64_t>(wanted, static_cast<uint64_t>(left_));
  BUOY_ASSIGN(size_t got, connection_.Read(buffer.first(wanted), timeout_ms_));
  if (got == 0) {
    if (left_ >= 0) return UnexpectedEof();
    done_ = true;
    return got;
  }
  if (left_ > 0) left_ -= static_cast<int64_t>(got);
  done_ = left_ == 0;
  return got;
}

Result<size_t> BodyReader::ReadChunked(std::span<char> buffer) {
  if (left_ == 0) {
    BUOY_TRY(NextChunk());
    if (done_) return size_t{0};
  }
  size_t wanted = std::min<uint64_t>(buffer.size(), static_cast<uint64_t>(left_));
  BUOY_ASSIGN(size_t got, connection_.Read(buffer.first(wanted), timeout_ms_));
  if (got == 0) return UnexpectedEof();
  left_ -= static_cast<int64_t>(got);
  return got;
}

Status BodyReader::NextChunk() {
  if (!std::exchange(first_chunk_, false)) {
    BUOY_ASSIGN(std::string end, ReadLine());
    if (!end.empty()) return InvalidArgument("malformed chunked encoding");
  }
  BUOY_ASSIGN(std::string line, ReadLine());
  std::string_view size_text = std::string_view(line).substr(0, line.find(';'));
  while (!size_text.empty() && (size_text.back() == ' ' || size_text.back() == '\t')) {
    size_text.remove_suffix(1);
  }
  if (size_text.empty()) return InvalidArgument("empty hex number for chunk length");
  if (size_text.size() > 15) return InvalidArgument("http chunk length too large");
  const char* end = size_text.data() + size_text.size();
  auto [stop, code] = std::from_chars(size_text.data(), end, left_, 16);
  if (code != std::errc() || stop != end || size_text[0] == '-') {
    left_ = 0;
    return InvalidArgument("invalid byte in chunk length");
  }
  return left_ == 0 ? SkipTrailers() : Ok();
}

Status BodyReader::SkipTrailers() {
  size_t total = 0;
  while (true) {
    BUOY_ASSIGN(std::string line, ReadLine());
    if (line.empty()) break;
    total += line.size();
    if (total > kMaxTrailers) return InvalidArgument("http: suspiciously long trailer");
  }
  done_ = true;
  return Ok();
}

Result<std::string> BodyReader::ReadLine() {
  while (true) {
    std::string_view ahead = connection_.read_ahead();
    size_t end = ahead.find('\n');
    if (end != std::string_view::npos && end <= kMaxChunkLine) {
      // A line feed alone would be no line end to a proxy before us: a way to smuggle requests.
      if (end == 0 || ahead[end - 1] != '\r') return InvalidArgument("malformed chunked encoding");
      std::string line(ahead.substr(0, end - 1));
      connection_.Consume(end + 1);
      return line;
    }
    if (ahead.size() > kMaxChunkLine) return InvalidArgument("header line too long");
    BUOY_ASSIGN(size_t got, connection_.Fill(timeout_ms_));
    if (got == 0) return UnexpectedEof();
  }
}

bool BodyReader::Drain(size_t limit, int timeout_ms) {
  char scratch[16 * 1024];
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  size_t total = 0;
  while (!done() && !failure_ && total <= limit) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    timeout_ms_ = std::max(0, static_cast<int>(left));
    Result<size_t> got = Read(scratch);
    if (!got.ok()) break;
    total += *got;
  }
  return done();
}

Status ChunkWriter::Write(std::string_view data) {
  if (data.empty()) return Ok();
  if (chunked_) {
    char head[24];
    int size = snprintf(head, sizeof head, "%zx\r\n", data.size());
    BUOY_TRY(connection_.Write(std::string_view(head, static_cast<size_t>(size))));
  }
  BUOY_TRY(connection_.Write(data));
  if (chunked_) BUOY_TRY(connection_.Write("\r\n"));
  return connection_.Flush();
}

Status ChunkWriter::Finish() {
  if (chunked_) BUOY_TRY(connection_.Write("0\r\n\r\n"));
  return connection_.Flush();
}

}  // namespace buoy::api
