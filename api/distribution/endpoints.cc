#include "api/distribution/endpoints.h"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <memory>

#include "api/distribution/certs.h"
#include "common/net/ip.h"
#include "common/version/version.h"

namespace buoy::distribution {

namespace {

// Without port and brackets.
std::string HostOnly(const std::string& host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

std::vector<net::IpAddress> AddressesOf(const std::string& name) {
  std::vector<net::IpAddress> out;
  if (auto address = net::IpAddress::Parse(name)) return {*address};
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0) return out;
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, freeaddrinfo);
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) !=
        0) {
      continue;
    }
    if (auto address = net::IpAddress::Parse(text)) out.push_back(*address);
  }
  return out;
}

Result<Endpoint> MakeEndpoint(const Settings& settings, api::Url url, bool insecure) {
  Endpoint endpoint;
  endpoint.insecure = insecure;
  endpoint.http.proxies = settings.proxies;
  endpoint.http.user_agent = std::string("buoy/") + kVersion + " os/linux";
  api::TlsFiles files;
  files.verify = !insecure;
  if (!insecure) {
    BUOY_ASSIGN(files, CertificatesOf(settings.certs_dir + "/" + url.Authority()));
  }
  BUOY_ASSIGN(endpoint.http.tls, api::TlsContext::Client(files));
  endpoint.url = std::move(url);
  return endpoint;
}

}  // namespace

bool IsInsecure(const Settings& settings, const std::string& host) {
  std::vector<net::IpPrefix> networks = {*net::IpPrefix::Parse("127.0.0.0/8"),
                                         *net::IpPrefix::Parse("::1/128")};
  for (const auto& entry : settings.insecure) {
    if (entry == host) return true;
    if (auto network = net::IpPrefix::Parse(entry); network.ok()) networks.push_back(*network);
  }
  if (host == kHubDomain || host == kHubHost) return false;
  for (const auto& address : AddressesOf(HostOnly(host))) {
    if (std::any_of(networks.begin(), networks.end(),
                    [&](const auto& network) { return network.Contains(address); })) {
      return true;
    }
  }
  return false;
}

Result<Endpoint> EndpointAt(const Settings& settings, const std::string& text) {
  BUOY_ASSIGN(api::Url url, api::Url::Parse(text));
  const bool insecure = IsInsecure(settings, url.Authority());
  return MakeEndpoint(settings, std::move(url), insecure);
}

Result<std::vector<Endpoint>> EndpointsOf(const Settings& settings, const std::string& domain,
                                          bool mirrors) {
  std::vector<Endpoint> endpoints;
  if (domain == kHubDomain || domain == kIndexHost) {
    for (const auto& mirror : settings.mirrors) {
      if (!mirrors) break;
      BUOY_ASSIGN(auto endpoint, EndpointAt(settings, mirror));
      endpoint.mirror = true;
      endpoints.push_back(std::move(endpoint));
    }
    BUOY_ASSIGN(auto hub, EndpointAt(settings, std::string("https://") + kHubHost));
    endpoints.push_back(std::move(hub));
    return endpoints;
  }
  BUOY_ASSIGN(auto secure, EndpointAt(settings, "https://" + domain));
  endpoints.push_back(secure);
  if (!secure.insecure) return endpoints;
  BUOY_ASSIGN(api::Url plain, api::Url::Parse("http://" + domain));
  secure.url = std::move(plain);
  endpoints.push_back(std::move(secure));
  return endpoints;
}

}  // namespace buoy::distribution
