#pragma once

#include <string>
#include <vector>

#include "api/distribution/proxy.h"

namespace buoy::distribution {

// What the configuration says of registries.
struct Settings {
  std::vector<std::string> mirrors;   // URLs, of Docker Hub
  std::vector<std::string> insecure;  // host[:port] or CIDR; loopback always is
  ProxySettings proxies;
  std::string certs_dir = "/etc/docker/certs.d";
  int max_downloads = 3;
  int max_uploads = 5;
  int download_attempts = 5;
};

}  // namespace buoy::distribution
