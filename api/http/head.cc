#include "api/http/head.h"

#include <algorithm>
#include <charconv>

#include "api/http/query.h"

namespace buoy::api {

namespace {

bool IsTokenChar(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos && c != '\0';
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts the first line, without its line end, off `rest`.
std::string_view NextLine(std::string_view& rest) {
  size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

Status ParseFields(std::string_view rest, Headers& headers) {
  while (true) {
    std::string_view line = NextLine(rest);
    if (line.empty()) return Ok();
    size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
      return InvalidArgument("malformed MIME header line: " + std::string(line.substr(0, 100)));
    }
    std::string_view value = Trim(line.substr(colon + 1));
    bool valid = std::all_of(value.begin(), value.end(),
                             [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
    if (!valid) return InvalidArgument("invalid header value");
    headers.Add(std::string(line.substr(0, colon)), std::string(value));
  }
}

bool ParseVersion(std::string_view text, int& minor) {
  if (text == "HTTP/1.1") {
    minor = 1;
  } else if (text == "HTTP/1.0") {
    minor = 0;
  } else {
    return false;
  }
  return true;
}

// Well-formed, but not ours.
bool IsOtherVersion(std::string_view text) {
  auto is_digit = [text](size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.' && is_digit(5) &&
         is_digit(7);
}

Status SplitTarget(RequestHead& head) {
  std::string_view target = head.target;
  bool absolute = false;
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    size_t end = target.find_first_of("/?", scheme.size());
    target.remove_prefix(std::min(end, target.size()));
    absolute = true;
  }
  bool valid = target.starts_with('/') || target == "*" ||
               (absolute && (target.empty() || target[0] == '?'));
  if (!valid) return InvalidArgument("invalid URI for request");
  size_t question = target.find('?');
  if (question != std::string_view::npos) head.query = target.substr(question + 1);
  auto path = Unescape(target.substr(0, question), false);
  if (!path) return InvalidArgument("invalid URL escape");
  head.path = path->empty() ? "/" : *std::move(path);
  return Ok();
}

Result<int64_t> ContentLength(const Headers& headers) {
  std::string_view text = headers.Get("Content-Length");
  for (const auto& [name, value] : headers.fields()) {
    if (EqualNoCase(name, "Content-Length") && value != text) {
      return InvalidArgument("http: message cannot contain multiple Content-Length headers");
    }
  }
  int64_t length = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), length);
  bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!digits || code != std::errc() || end != text.data() + text.size()) {
    return InvalidArgument("bad Content-Length \"" + std::string(text.substr(0, 50)) + "\"");
  }
  return length;
}

Result<bool> IsChunked(const Headers& headers) {
  if (!headers.Has("Transfer-Encoding")) return false;
  if (headers.Count("Transfer-Encoding") > 1 ||
      !EqualNoCase(headers.Get("Transfer-Encoding"), "chunked")) {
    return NotImplemented("Unsupported transfer encoding");
  }
  return true;
}

}  // namespace

size_t HeadSize(std::string_view data, size_t scanned) {
  // The end may lie across the border of what was looked at.
  size_t at = scanned > 3 ? scanned - 3 : 0;
  while ((at = data.find('\n', at)) != std::string_view::npos) {
    if (data.substr(at + 1, 1) == "\n") return at + 2;
    if (data.substr(at + 1, 2) == "\r\n") return at + 3;
    ++at;
  }
  return 0;
}

Result<RequestHead> ParseRequestHead(std::string_view text) {
  RequestHead head;
  std::string_view line = NextLine(text);
  size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return InvalidArgument("malformed HTTP request");
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  bool printable = std::all_of(head.target.begin(), head.target.end(),
                               [](unsigned char c) { return c > 0x20 && c != 0x7f; });
  if (!IsToken(head.method) || !printable) return InvalidArgument("malformed HTTP request");
  if (!ParseVersion(line.substr(last + 1), head.minor)) {
    return InvalidArgument(IsOtherVersion(line.substr(last + 1)) ? kUnsupportedVersion
                                                                 : "malformed HTTP version");
  }
  BUOY_TRY(SplitTarget(head));
  BUOY_TRY(ParseFields(text, head.headers));
  if (head.minor == 1 && head.headers.Count("Host") == 0) {
    return InvalidArgument("missing required Host header");
  }
  if (head.headers.Count("Host") > 1) return InvalidArgument("too many Host headers");
  return head;
}

Result<ResponseHead> ParseResponseHead(std::string_view text) {
  ResponseHead head;
  std::string_view line = NextLine(text);
  std::string shown(line.substr(0, 60));
  if (line.size() < 12 || line[8] != ' ' || !ParseVersion(line.substr(0, 8), head.minor)) {
    return InvalidArgument("malformed HTTP response \"" + shown + "\"");
  }
  auto [end, code] = std::from_chars(line.data() + 9, line.data() + 12, head.status);
  bool three_digits = line[9] >= '1' && line[9] <= '9' && (line.size() == 12 || line[12] == ' ');
  if (code != std::errc() || end != line.data() + 12 || !three_digits) {
    return InvalidArgument("malformed HTTP status code \"" + shown + "\"");
  }
  if (line.size() > 13) head.reason = line.substr(13);
  BUOY_TRY(ParseFields(text, head.headers));
  return head;
}

Result<BodyFraming> RequestFraming(const Headers& headers) {
  BodyFraming framing;
  BUOY_ASSIGN(framing.chunked, IsChunked(headers));
  bool has_length = headers.Has("Content-Length");
  if (framing.chunked) {
    framing.suspicious = has_length;
    framing.length = -1;
  } else if (has_length) {
    BUOY_ASSIGN(framing.length, ContentLength(headers));
  }
  return framing;
}

Result<BodyFraming> ResponseFraming(const ResponseHead& head, std::string_view request_method) {
  BodyFraming framing;
  if (request_method == "HEAD" || head.status / 100 == 1 || head.status == 204 ||
      head.status == 304) {
    return framing;
  }
  BUOY_ASSIGN(framing.chunked, IsChunked(head.headers));
  framing.length = -1;
  if (!framing.chunked && head.headers.Has("Content-Length")) {
    BUOY_ASSIGN(framing.length, ContentLength(head.headers));
  }
  return framing;
}

const char* ReasonPhrase(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Request Entity Too Large";
    case 417:
      return "Expectation Failed";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace buoy::api
