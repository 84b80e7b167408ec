#pragma once

#include <string_view>

#include "api/server/backend/authorization_backend.h"
#include "api/server/http/exchange.h"
#include "common/result/result.h"

namespace buoy::api {

// A longer body is not shown to plugins, so it is refused: what was not seen must not be done.
inline constexpr size_t kMaxAuthorizedBody = 1u << 20;

// Asks the authorization plugins about one exchange, by Docker's rules: bodies that are JSON, no
// body of /auth, no credentials among the headers. The plugin sees exactly the body that the
// handler is going to read, whatever the request says about its length.
class Authorization {
 public:
  Authorization(AuthorizationBackend& backend, Exchange& exchange)
      : backend_(backend), exchange_(exchange) {}
  ~Authorization() { exchange_.set_guard({}); }
  Authorization(const Authorization&) = delete;
  Authorization& operator=(const Authorization&) = delete;

  // Before the handler. Streams are asked about when they begin.
  Status CheckRequest();
  // The handler has replied, or streamed.
  Status CheckReply();
  // The handler failed; nobody can object to that.
  void ReportFailure();

 private:
  Status CheckBeginning(int status);
  void DescribeAnswer(int status);

  AuthorizationBackend& backend_;
  Exchange& exchange_;
  AuthorizationFacts facts_;
};

// Whether the body of a request to this path, or of its answer, may be shown to plugins.
bool ShowsBody(std::string_view path, std::string_view content_type);

}  // namespace buoy::api
