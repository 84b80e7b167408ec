#include "api/server/status.h"

#include "common/json/codec.h"

namespace buoy::api {

int StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kInvalidArgument:
      return 400;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kNotModified:
      return 304;
    case ErrorKind::kUnauthorized:
      return 401;
    case ErrorKind::kForbidden:
      return 403;
    case ErrorKind::kUnavailable:
      return 503;
    case ErrorKind::kNotImplemented:
      return 501;
    case ErrorKind::kCancelled:
    case ErrorKind::kInternal:
      return 500;
  }
  return 500;
}

std::string JsonQuote(std::string_view text) { return json::Dump(json::Json(std::string(text))); }

std::string ErrorBody(const Error& error) {
  return "{\"message\":" + JsonQuote(error.message()) + "}\n";
}

}  // namespace buoy::api
