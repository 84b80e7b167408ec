#pragma once

#include "api/server/backend/image_backend.h"
#include "api/server/request.h"

namespace buoy::api {

// The JSON lines of a long operation on its response. The 200 is sent with the first line, so that
// an error before it is still an HTTP error; a later one goes into the stream.
class ProgressStream {
 public:
  explicit ProgressStream(ApiRequest& request) : request_(request) {}

  ProgressSink sink() {
    return [this](const std::string& line) { return Write(line); };
  }
  Status Write(const std::string& json_line);
  // What the handler returns: the error itself when nothing was sent, else Ok after writing
  // {"errorDetail":{"message":...},"error":...}.
  Status Finish(Status outcome);
  // As Finish(), but an error always goes into the stream of a 200 (docker load).
  Status FinishInStream(Status outcome);
  // {"status":...} as Docker's formatter writes it.
  static std::string StatusLine(const std::string& text);

 private:
  ApiRequest& request_;
  ByteSink* out_ = nullptr;
};

}  // namespace buoy::api
