#pragma once

#include <optional>
#include <string>

#include "api/http/url.h"
#include "common/result/result.h"

namespace buoy::distribution {

// As in HTTP_PROXY, HTTPS_PROXY and NO_PROXY; empty = none.
struct ProxySettings {
  std::string http, https, no_proxy;
};

struct Proxy {
  api::Url url;
  std::string authorization;  // of Proxy-Authorization, "" = none
};

// The proxy for `url` by Go's rules: never for localhost and loopback addresses, nor for what
// NO_PROXY names ("*", hosts with all below, ".domain", addresses, CIDRs, each with a port or
// without). kInvalidArgument for a proxy that cannot be used; only http:// ones can.
Result<std::optional<Proxy>> ProxyFor(const ProxySettings& settings, const api::Url& url);

}  // namespace buoy::distribution
