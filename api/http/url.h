#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::api {

// An http(s) URL without user and fragment.
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case, IPv6 without brackets
  std::string port;    // always there
  std::string path;    // escaped as given; "/" at least
  std::string query;   // without '?'

  // kInvalidArgument for other schemes, user names, control characters, no host, bad ports.
  static Result<Url> Parse(std::string_view text);
  // What `location` (absolute, "//host/...", "/path", "?query" or relative) means in an answer to
  // this URL.
  Result<Url> Resolve(std::string_view location) const;

  bool is_https() const { return scheme == "https"; }
  // "host", or "host:port" when the port is not the scheme's; IPv6 in brackets.
  std::string Authority() const;
  std::string Target() const { return query.empty() ? path : path + "?" + query; }
  std::string String() const { return scheme + "://" + Authority() + Target(); }
  // Same scheme, host and port: what may see the same credentials.
  bool SameOrigin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

}  // namespace buoy::api
