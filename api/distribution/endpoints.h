#pragma once

#include <string>
#include <vector>

#include "api/distribution/repository.h"
#include "api/distribution/settings.h"
#include "common/result/result.h"

namespace buoy::distribution {

inline constexpr char kHubDomain[] = "docker.io";
inline constexpr char kHubHost[] = "registry-1.docker.io";
inline constexpr char kIndexHost[] = "index.docker.io";

// Whether certificates of `host` (host[:port]) need not hold and plain HTTP will do: it is listed,
// or one of its addresses is in a listed network or is a loopback address. Names are resolved.
bool IsInsecure(const Settings& settings, const std::string& host);

// Where the images of a domain may be, in the order to be tried: mirrors (when asked for), the
// registry by TLS, and by plain HTTP when it is insecure. Reads certs.d/<host[:port]>.
Result<std::vector<Endpoint>> EndpointsOf(const Settings& settings, const std::string& domain,
                                          bool mirrors);
// One endpoint by its URL.
Result<Endpoint> EndpointAt(const Settings& settings, const std::string& url);

}  // namespace buoy::distribution
