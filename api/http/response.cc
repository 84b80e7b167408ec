#include "api/http/response.h"

namespace buoy::api {

Result<ResponseHead> ReadHead(Connection& connection, int timeout_ms) {
  size_t scanned = 0;
  while (true) {
    std::string_view ahead = connection.read_ahead();
    size_t size = HeadSize(ahead, scanned);
    if (size > 0) {
      BUOY_ASSIGN(ResponseHead head, ParseResponseHead(ahead.substr(0, size)));
      connection.Consume(size);
      scanned = 0;
      if (head.status / 100 != 1 || head.status == 101) return head;
      continue;
    }
    // Something else than HTTP need not end its lines.
    if (ahead.size() >= 5 && !ahead.starts_with("HTTP/")) {
      return InvalidArgument("malformed HTTP response \"" + std::string(ahead.substr(0, 20)) +
                             "\"");
    }
    if (ahead.size() > kMaxHeadSize) return InvalidArgument("response head too long");
    scanned = ahead.size();
    BUOY_ASSIGN(size_t got, connection.Fill(timeout_ms));
    if (got == 0) return Error(ErrorKind::kUnavailable, ahead.empty() ? "EOF" : "unexpected EOF");
  }
}

}  // namespace buoy::api
