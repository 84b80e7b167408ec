#include "api/server/request.h"

#include <cctype>

#include "api/server/status.h"

namespace buoy::api {

namespace {

constexpr char kRawStream[] = "application/vnd.docker.raw-stream";
constexpr char kMultiplexedStream[] = "application/vnd.docker.multiplexed-stream";
constexpr ApiVersion kMultiplexedSince{1, 42};
// Container and network configurations; tar archives do not come this way.
constexpr size_t kMaxJsonBody = 16u << 20;
constexpr size_t kMaxFormBody = 10u << 20;  // as Go's ParseForm

std::string_view Trim(std::string_view text) {
  while (!text.empty() && isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

}  // namespace

Status ApiRequest::ParseForm() {
  BUOY_ASSIGN(std::string text, FormBody());
  if (!text.empty() && !head().query.empty()) text.push_back('&');
  text += head().query;
  std::string malformed;
  query_ = Query::Parse(text, &malformed);
  if (malformed.empty()) return Ok();
  if (malformed.find(';') != std::string::npos) {
    return InvalidArgument("invalid semicolon separator in query");
  }
  size_t percent = malformed.find('%');
  return InvalidArgument("invalid URL escape " + JsonQuote(malformed.substr(percent, 3)));
}

Result<std::string> ApiRequest::FormBody() {
  const std::string& method = head().method;
  if (raw_body_ || (method != "POST" && method != "PUT" && method != "PATCH")) return std::string();
  std::string_view type = header("Content-Type");
  if (!EqualNoCase(Trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded")) {
    return std::string();
  }
  return ReadAll(exchange_.body(), kMaxFormBody);
}

bool IsJsonType(std::string_view content_type) {
  return EqualNoCase(Trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

Status ApiRequest::CheckForJson() const {
  std::string type(header("Content-Type"));
  bool has_body = exchange_.body().framing().chunked || exchange_.body().framing().length != 0;
  if (type.empty() && !has_body) return Ok();
  std::string_view media = Trim(std::string_view(type).substr(0, type.find(';')));
  if (media.empty()) {
    return InvalidArgument("malformed Content-Type header (" + type + "): mime: no media type");
  }
  if (!IsJsonType(type)) {
    return InvalidArgument("unsupported Content-Type header (" + type +
                           "): must be 'application/json'");
  }
  return Ok();
}

Result<std::string> ApiRequest::JsonText() {
  BUOY_TRY(CheckForJson());
  bool expected = exchange_.body().framing().chunked || exchange_.body().framing().length != 0;
  if (!expected) return std::string();
  BUOY_ASSIGN(std::string text, ReadAll(exchange_.body(), kMaxJsonBody));
  if (Trim(text).empty()) {
    return InvalidArgument("invalid JSON: got EOF while reading request body");
  }
  return text;
}

Status ApiRequest::ReplyJson(int status, std::string text) {
  text.push_back('\n');
  exchange_.Reply(status, std::move(text), "application/json");
  return Ok();
}

Status ApiRequest::ReplyEmpty(int status) {
  exchange_.Reply(status, "", "");
  return Ok();
}

Result<ByteSink*> ApiRequest::StartStream(std::string content_type) {
  exchange_.headers().Set("Content-Type", std::move(content_type));
  return exchange_.StartStream(200);
}

std::string ApiRequest::ContentTypeOf(StreamKind kind) const {
  switch (kind) {
    case StreamKind::kBodyJson:
      return "application/json";
    case StreamKind::kBodyTar:
      return "application/x-tar";
    case StreamKind::kDuplexMultiplexed:
      // Only an upgraded stream says that it is multiplexed.
      if (!head().headers.Has("Upgrade")) return kRawStream;
      [[fallthrough]];
    case StreamKind::kBodyMultiplexed:
      return version_ >= kMultiplexedSince ? kMultiplexedStream : kRawStream;
    case StreamKind::kDuplexRaw:
    case StreamKind::kBodyRaw:
      break;
  }
  return kRawStream;
}

Result<TakenStream> ApiRequest::Take(StreamKind kind) {
  bool duplex = kind == StreamKind::kDuplexRaw || kind == StreamKind::kDuplexMultiplexed;
  TakenStream taken;
  taken.chunked = !duplex && head().minor >= 1;
  std::string text;
  if (duplex && head().headers.Has("Upgrade")) {
    text = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n";
  } else {
    text = "HTTP/1.1 200 OK\r\n";
    if (!duplex) text += "Connection: close\r\n";
    if (taken.chunked) text += "Transfer-Encoding: chunked\r\n";
  }
  exchange_.headers().Set("Content-Type", ContentTypeOf(kind));
  text += exchange_.HeaderLines() + "\r\n";
  BUOY_ASSIGN(taken.fd, exchange_.TakeConnection(text, taken.read_ahead));
  return taken;
}

Result<ByteSink*> ApiRequest::Answer(StreamKind kind) {
  if (kind == StreamKind::kDuplexRaw || kind == StreamKind::kDuplexMultiplexed) {
    return Internal("a stream in both directions needs a connection of its own");
  }
  if (!exchange_.headers().Has("Content-Type")) {
    exchange_.headers().Set("Content-Type", ContentTypeOf(kind));
  }
  return exchange_.StartStream(200);
}

}  // namespace buoy::api
