#include "api/distribution/errors.h"

#include <algorithm>
#include <cctype>

#include "api/distribution/challenge.h"
#include "api/http/head.h"
#include "common/json/codec.h"

namespace buoy::distribution {

namespace {

constexpr size_t kMaxErrorBody = 64 * 1024;

ErrorKind KindOf(std::string_view code) {
  if (code == kUnauthorized) return ErrorKind::kUnauthorized;
  if (code == kDenied) return ErrorKind::kForbidden;
  if (code == kManifestUnknown || code == kNameUnknown || code == kBlobUnknown) {
    return ErrorKind::kNotFound;
  }
  return ErrorKind::kInvalidArgument;
}

// What Docker says when the registry has no words of its own.
std::string DefaultMessage(const std::string& code) {
  if (code == kUnauthorized) return "authentication required";
  if (code == kDenied) return "requested access to the resource is denied";
  if (code == kNameUnknown) return "repository name not known to registry";
  if (code == kTooManyRequests) return "too many requests";
  if (code == kBlobUnknown) return "blob unknown to registry";
  return code;
}

Error Coded(const std::string& code, std::string message) {
  if (message.empty()) message = DefaultMessage(code);
  return Error(KindOf(code), code + ": " + message);
}

// "MANIFEST_UNKNOWN" as "manifest unknown".
std::string ShownCode(std::string code) {
  for (char& c : code) {
    c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return code;
}

Error OfStatus(int status, const std::string& details) {
  switch (status) {
    case 401:
      return Coded(kUnauthorized, details);
    case 403:
      return Coded(kDenied, details);
    case 429:
      return Coded(kTooManyRequests, details);
    default:
      return Error(status == 404 ? ErrorKind::kNotFound : ErrorKind::kInvalidArgument,
                   "unknown: " + (details.empty() ? "unknown error" : details));
  }
}

std::string TextOf(const json::Json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Error Unparsed(int status, const std::string& why, const std::string& body) {
  if (status == 401) return Coded(kUnauthorized, "");
  return Error(status == 404 ? ErrorKind::kNotFound : ErrorKind::kInvalidArgument,
               "error parsing HTTP " + std::to_string(status) + " response body: " + why + ": " +
                   json::Dump(json::Json(body.substr(0, 1024))));
}

}  // namespace

std::string StatusText(int status) {
  std::string reason = api::ReasonPhrase(status);
  if (status == 429) reason = "Too Many Requests";
  return std::to_string(status) + (reason.empty() ? "" : " " + reason);
}

Error ParseErrors(int status, std::string_view content_type, const std::string& body) {
  content_type = content_type.substr(0, content_type.find(';'));
  if (content_type != "application/json" && content_type != "application/vnd.api+json") {
    return OfStatus(status, body);
  }
  auto parsed = json::Parse(body);
  if (!parsed.ok()) return Unparsed(status, parsed.error().message(), body);
  if (parsed->is_object()) {
    if (std::string details = TextOf(*parsed, "details"); !details.empty()) {
      return OfStatus(status, details);
    }
    auto list = parsed->find("errors");
    if (list != parsed->end() && list->is_array() && !list->empty() && list->front().is_object()) {
      const auto& first = list->front();
      std::string code = TextOf(first, "code");
      return Coded(ShownCode(code.empty() ? "UNKNOWN" : code), TextOf(first, "message"));
    }
  }
  return Unparsed(status, "no error details found in HTTP response body", body);
}

Error ErrorOf(HttpResponse& response) {
  const int status = response.status();
  if (status < 400 || status >= 500) {
    return Error(ErrorKind::kUnavailable, "received unexpected HTTP status: " + StatusText(status));
  }
  // What the token was found wanting of, as RFC 6750 says it.
  for (const auto& challenge : ParseChallenges(response.headers())) {
    if (challenge.scheme != "bearer") continue;
    const std::string error = challenge.Get("error");
    const std::string description = challenge.Get("error_description");
    if (error == "invalid_token") return Coded(kUnauthorized, description);
    if (error == "insufficient_scope") return Coded(kDenied, description);
  }
  auto body = ReadAll(response, kMaxErrorBody);
  return ParseErrors(status, response.headers().Get("Content-Type"), body.ok() ? *body : "");
}

bool HasCode(const Error& error, std::string_view code) {
  return error.message().starts_with(std::string(code) + ": ");
}

}  // namespace buoy::distribution
