#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/headers.h"
#include "common/result/result.h"

namespace buoy::api {

// As Go's http.DefaultMaxHeaderBytes with its slop: registry credentials and build arguments are
// longer than what other servers allow.
inline constexpr size_t kMaxHeadSize = (1u << 20) + 4096;

struct RequestHead {
  std::string method;
  std::string target;  // as sent
  std::string path;    // %-decoded, without query
  std::string query;   // as sent, without '?'
  int minor = 1;       // HTTP/1.minor
  Headers headers;
};

struct ResponseHead {
  int status = 0;
  std::string reason;
  int minor = 1;
  Headers headers;
};

// How many bytes of `data` the head takes, its empty line included; 0 = it is not complete yet.
// `scanned` is what an earlier call with less data has looked at already (0 at first).
size_t HeadSize(std::string_view data, size_t scanned);

// The error of a request of HTTP/2.0 and the like, which has a status of its own.
inline constexpr char kUnsupportedVersion[] = "unsupported protocol version";

// Both take exactly one head. Errors are kInvalidArgument with Go's words.
Result<RequestHead> ParseRequestHead(std::string_view head);
Result<ResponseHead> ParseResponseHead(std::string_view head);

// How the body behind a head is delimited.
struct BodyFraming {
  bool chunked = false;
  int64_t length = 0;  // -1: until the connection closes (answers only)
  // Both Content-Length and chunked were given: nothing may follow on this connection.
  bool suspicious = false;
};
// kNotImplemented: a transfer coding other than chunked.
Result<BodyFraming> RequestFraming(const Headers& headers);
Result<BodyFraming> ResponseFraming(const ResponseHead& head, std::string_view request_method);

// "OK", "Not Found", ...; "" for codes that Go does not know either.
const char* ReasonPhrase(int status);

}  // namespace buoy::api
