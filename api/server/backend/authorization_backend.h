#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::api {

// One request, and later its answer, as authorization plugins see it.
struct AuthorizationFacts {
  std::string user, user_method;  // from the client's certificate ("TLS"); else empty
  std::string method, uri;
  std::string body;  // JSON only
  std::map<std::string, std::string> headers;
  std::vector<std::string> peer_certificates;  // PEM

  int status = 0;  // 0: there is no answer yet, or an error is to become it
  std::string answer;
  std::map<std::string, std::string> answer_headers;
};

// Who may refuse requests after the client was let in. Thread-safe.
class AuthorizationBackend {
 public:
  virtual ~AuthorizationBackend() = default;

  // Whether there is anybody to ask: without, a request costs nothing.
  virtual bool Wanted() const = 0;
  // kForbidden when it is denied, another kind when nobody could be asked.
  virtual Status CheckRequest(const AuthorizationFacts& facts) = 0;
  virtual Status CheckAnswer(const AuthorizationFacts& facts) = 0;
};

}  // namespace buoy::api
