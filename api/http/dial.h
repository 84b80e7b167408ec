#pragma once

#include <functional>
#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::api {

// A connected, non-blocking TCP socket with keep-alives; the host's addresses are tried in the
// resolver's order, each for `timeout_ms`. `give_up` is asked a few times a second (kCancelled).
// Errors have Go's texts and the errno: "dial tcp 10.0.0.1:5000: connect: connection refused",
// "dial tcp: lookup ghost: no such host" (EHOSTUNREACH).
Result<Fd> DialTcp(const std::string& host, const std::string& port, int timeout_ms,
                   const std::function<bool()>& give_up = {});

}  // namespace buoy::api
