#include "api/client/errors.h"

#include <cerrno>

#include "api/http/head.h"
#include "common/json/codec.h"

namespace buoy::api {

namespace {

std::string Trimmed(std::string text) {
  while (!text.empty() && isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  size_t start = text.find_first_not_of(" \t\r\n");
  return start == std::string::npos ? "" : text.substr(start);
}

std::string JsonMessage(const std::string& body) {
  Result<json::Json> parsed = json::Parse(body);
  if (!parsed.ok() || !parsed->is_object()) return "";
  auto message = parsed->find("message");
  return message != parsed->end() && message->is_string() ? message->get<std::string>() : "";
}

// Go's name of a request that failed: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.51/info".
std::string RequestName(const ClientOptions& options, const std::string& target,
                        const std::string& method) {
  std::string verb = method;
  for (size_t i = 1; i < verb.size(); ++i) verb[i] = static_cast<char>(tolower(verb[i]));
  size_t scheme_end = options.host.find("://");
  std::string rest =
      scheme_end == std::string::npos ? options.host : options.host.substr(scheme_end + 3);
  bool is_unix = options.host.starts_with("unix://");
  if (options.host.starts_with("ssh://")) rest = "docker.example.com";
  return verb + " \"" + (options.tls || options.tls_verify ? "https://" : "http://") +
         (is_unix ? EscapeQuery(rest) : rest) + target + "\"";
}

}  // namespace

ErrorKind KindOfStatus(int status) {
  switch (status) {
    case 304:
      return ErrorKind::kNotModified;
    case 401:
      return ErrorKind::kUnauthorized;
    case 403:
      return ErrorKind::kForbidden;
    case 404:
      return ErrorKind::kNotFound;
    case 409:
      return ErrorKind::kConflict;
    case 501:
      return ErrorKind::kNotImplemented;
    case 503:
      return ErrorKind::kUnavailable;
    default:
      return status >= 400 && status < 500 ? ErrorKind::kInvalidArgument : ErrorKind::kInternal;
  }
}

Error ServerError(int status, bool is_json, const std::string& body, const std::string& method,
                  const std::string& url) {
  ErrorKind kind = KindOfStatus(status);
  std::string name = std::to_string(status) + " " + ReasonPhrase(status);
  if (body.empty()) {
    (void)method;
    return Error(kind, "request returned " + name + " for API route and version " + url +
                           ", check if the server supports the requested API version");
  }
  std::string message = is_json ? Trimmed(JsonMessage(body)) : Trimmed(body);
  if (message.empty()) {
    message = "API returned a " + std::to_string(status) + " (" + ReasonPhrase(status) +
              ") but provided no error-message";
  }
  return Error(kind, kDaemonErrorPrefix + message);
}

Error ConnectError(const Error& cause, const ClientOptions& options, const std::string& target,
                   const std::string& method) {
  auto unavailable = [&cause](std::string text) {
    return Error(ErrorKind::kUnavailable, std::move(text), cause.sys_errno());
  };
  std::string request = RequestName(options, target, method);
  switch (cause.sys_errno()) {
    case EACCES:
    case EPERM:
      return unavailable(
          "permission denied while trying to connect to the Docker daemon socket at " +
          options.host + ": " + request + ": dial unix " +
          options.host.substr(options.host.find("://") + 3) + ": connect: permission denied");
    case ENOENT:
    case ECONNREFUSED:
    case ETIMEDOUT:
    case ENOTSOCK:
      return unavailable("Cannot connect to the Docker daemon at " + options.host +
                         ". Is the docker daemon running?");
    default:
      break;
  }
  bool tls = options.tls || options.tls_verify;
  if (!tls && cause.message().starts_with("malformed HTTP response")) {
    return unavailable(request +
                       ": net/http: HTTP/1.x transport connection broken: " + cause.message() +
                       ".\n* Are you trying to connect to a TLS-enabled daemon without TLS?");
  }
  return unavailable("error during connect: " + request + ": " + cause.message());
}

std::string ServerMessage(const Error& error) {
  constexpr std::string_view kPrefix = kDaemonErrorPrefix;
  return error.message().starts_with(kPrefix) ? error.message().substr(kPrefix.size())
                                              : error.message();
}

}  // namespace buoy::api
