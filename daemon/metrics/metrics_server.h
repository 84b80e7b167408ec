#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/server/http/engine.h"
#include "common/result/result.h"

namespace buoy::metrics {

// GET /metrics on a TCP address of its own. Ends with the object.
class MetricsServer {
 public:
  // "127.0.0.1:9323", ":9323"; `text` is called by any thread. Errors in Go's words:
  // "listen tcp 127.0.0.1:1: bind: permission denied".
  static Result<std::unique_ptr<MetricsServer>> Listen(const std::string& address,
                                                       std::function<std::string()> text);

 private:
  explicit MetricsServer(std::function<std::string()> text);
  api::Engine engine_;
};

}  // namespace buoy::metrics
