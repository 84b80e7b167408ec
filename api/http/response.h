#pragma once

#include "api/http/connection.h"
#include "api/http/head.h"
#include "common/result/result.h"

namespace buoy::api {

// The next final response head (1xx other than 101 are skipped). `timeout_ms` < 0 waits for ever;
// otherwise EAGAIN when nothing came for so long. A connection that ends first is kUnavailable:
// "EOF", or "unexpected EOF" inside the head.
Result<ResponseHead> ReadHead(Connection& connection, int timeout_ms = -1);

}  // namespace buoy::api
