#include "api/distribution/proxy.h"

#include <algorithm>
#include <cctype>

#include "api/http/query.h"
#include "common/base64/base64.h"
#include "common/net/ip.h"

namespace buoy::distribution {

namespace {

std::string Normal(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// One entry of NO_PROXY.
bool Excludes(std::string entry, const api::Url& url,
              const std::optional<net::IpAddress>& address) {
  if (entry == "*") return true;
  if (auto prefix = net::IpPrefix::Parse(entry); prefix.ok()) {
    return address && prefix->Contains(*address);
  }
  // A port, unless the colons are those of an IPv6 address.
  size_t colon = entry.rfind(':');
  bool bracketed = entry.starts_with('[');
  if (colon != std::string::npos &&
      (bracketed ? entry.find(']') < colon : entry.find(':') == colon)) {
    if (entry.substr(colon + 1) != url.port) return false;
    entry.resize(colon);
  }
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (auto other = net::IpAddress::Parse(entry)) return address && *other == *address;
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (entry.empty()) return false;
  if (entry.starts_with('.')) return url.host.ends_with(entry);
  return url.host == entry || url.host.ends_with("." + entry);
}

bool GoesDirect(const std::string& no_proxy, const api::Url& url) {
  auto address = net::IpAddress::Parse(url.host);
  if (url.host == "localhost" || (address && address->IsLoopback())) return true;
  for (size_t at = 0; at <= no_proxy.size();) {
    size_t end = std::min(no_proxy.find(',', at), no_proxy.size());
    std::string entry = Normal(std::string_view(no_proxy).substr(at, end - at));
    if (!entry.empty() && Excludes(std::move(entry), url, address)) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

Result<std::optional<Proxy>> ProxyFor(const ProxySettings& settings, const api::Url& url) {
  std::string text = url.is_https() ? settings.https : settings.http;
  if (text.empty() || GoesDirect(settings.no_proxy, url)) return std::optional<Proxy>();
  if (text.find("://") == std::string::npos) text = "http://" + text;
  Proxy proxy;
  size_t start = text.find("://") + 3;
  size_t end = std::min(text.find_first_of("/?#", start), text.size());
  if (size_t at = text.substr(0, end).rfind('@'); at != std::string::npos && at >= start) {
    auto user = api::Unescape(text.substr(start, at - start), false);
    if (!user) return InvalidArgument("invalid proxy address: bad user name or password");
    proxy.authorization = "Basic " + Base64Encode(*user);
    text.erase(start, at + 1 - start);
  }
  auto parsed = api::Url::Parse(text);
  if (!parsed.ok()) return std::move(parsed).error().Context("invalid proxy address");
  proxy.url = *std::move(parsed);
  if (proxy.url.is_https()) {
    return InvalidArgument("proxy " + proxy.url.String() +
                           ": a proxy that is itself reached by TLS is not supported");
  }
  return std::optional(std::move(proxy));
}

}  // namespace buoy::distribution
