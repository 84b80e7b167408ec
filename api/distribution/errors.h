#pragma once

#include <string>
#include <string_view>

#include "api/distribution/http_client.h"
#include "common/result/result.h"

namespace buoy::distribution {

// The codes of the distribution API as Docker shows them.
inline constexpr char kDenied[] = "denied";
inline constexpr char kUnauthorized[] = "unauthorized";
inline constexpr char kManifestUnknown[] = "manifest unknown";
inline constexpr char kNameUnknown[] = "name unknown";
inline constexpr char kBlobUnknown[] = "blob unknown";
inline constexpr char kTooManyRequests[] = "toomanyrequests";

// The error of an answer with a status outside 200...399; reads its body. The texts are those of
// Docker's registry client, "manifest unknown: manifest unknown", and for several errors the first
// one alone. Kinds: kUnauthorized, kForbidden (denied), kNotFound (unknown manifest, name, blob),
// kUnavailable (5xx), else kInvalidArgument.
Error ErrorOf(HttpResponse& response);

// Whether ErrorOf() made this of `code`.
bool HasCode(const Error& error, std::string_view code);

// "404 Not Found".
std::string StatusText(int status);

// The pure part of ErrorOf().
Error ParseErrors(int status, std::string_view content_type, const std::string& body);

}  // namespace buoy::distribution
