#include "common/net/ip.h"
#include "daemon/system/system_service.h"

namespace buoy::system {
namespace {

constexpr char kDockerHub[] = "docker.io";

}  // namespace

types::RegistryConfig DescribeRegistries(const config::List& insecure,
                                         const config::List& mirrors) {
  types::RegistryConfig out;
  out.allow_nondistributable_artifacts_cidrs.is_null = true;
  for (const auto& entry : insecure) {
    if (net::IpPrefix::Parse(entry).ok()) {
      out.insecure_registry_cidrs.push_back(entry);
      continue;
    }
    types::IndexInfo index;
    index.name = entry;
    index.secure = false;
    out.index_configs[entry] = index;
  }
  // Always insecure, as in Docker.
  for (const char* loopback : {"::1/128", "127.0.0.0/8"}) {
    out.insecure_registry_cidrs.push_back(loopback);
  }
  types::IndexInfo hub;
  hub.name = kDockerHub;
  hub.official = true;
  for (const auto& mirror : mirrors) {
    std::string url = mirror.ends_with('/') ? mirror : mirror + "/";
    hub.mirrors.push_back(url);
    out.mirrors.push_back(url);
  }
  out.index_configs[kDockerHub] = hub;
  if (mirrors.empty()) out.mirrors.is_null = true;
  return out;
}

}  // namespace buoy::system
