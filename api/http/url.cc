#include "api/http/url.h"

#include <algorithm>
#include <cctype>

namespace buoy::api {

namespace {

const char* DefaultPort(const std::string& scheme) { return scheme == "https" ? "443" : "80"; }

Error Bad(std::string_view text, const std::string& why) {
  return InvalidArgument("parse \"" + std::string(text.substr(0, 200)) + "\": " + why);
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool IsPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos &&
         std::stoi(std::string(text)) <= 65535;
}

bool IsHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  });
}

// host[:port] into `url`.
Status SplitAuthority(std::string_view text, std::string_view authority, Url* url) {
  std::string_view port;
  size_t colon = authority.rfind(':');
  if (authority.starts_with('[')) {
    size_t end = authority.find(']');
    if (end == std::string_view::npos) return Bad(text, "missing ']' in host");
    std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return Bad(text, "invalid host");
    port = rest.empty() ? rest : rest.substr(1);
    authority = authority.substr(1, end - 1);
  } else if (colon != std::string_view::npos) {
    port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
    if (authority.find(':') != std::string_view::npos) return Bad(text, "invalid host");
  }
  if (!IsHost(authority)) return Bad(text, "invalid host");
  url->host = Lower(authority);
  if (!port.empty() && !IsPort(port)) return Bad(text, "invalid port");
  url->port = port.empty() ? DefaultPort(url->scheme) : std::string(port);
  return Ok();
}

void SplitTarget(std::string_view target, Url* url) {
  target = target.substr(0, target.find('#'));
  size_t mark = target.find('?');
  url->path = std::string(target.substr(0, mark));
  if (url->path.empty()) url->path = "/";
  url->query = mark == std::string_view::npos ? "" : std::string(target.substr(mark + 1));
}

}  // namespace

Result<Url> Url::Parse(std::string_view text) {
  for (unsigned char c : text) {
    if (c <= ' ' || c == 0x7f) return Bad(text, "invalid control character in URL");
  }
  size_t mark = text.find("://");
  if (mark == std::string_view::npos) return Bad(text, "no scheme");
  Url url;
  url.scheme = Lower(text.substr(0, mark));
  if (url.scheme != "http" && url.scheme != "https") {
    return Bad(text, "unsupported protocol scheme \"" + url.scheme + "\"");
  }
  std::string_view rest = text.substr(mark + 3);
  size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  if (authority.find('@') != std::string_view::npos) return Bad(text, "user name in URL");
  BUOY_TRY(SplitAuthority(text, authority, &url));
  SplitTarget(rest.substr(end), &url);
  return url;
}

Result<Url> Url::Resolve(std::string_view location) const {
  if (size_t mark = location.find("://");
      mark != std::string_view::npos && mark < location.find_first_of("/?#")) {
    return Parse(location);
  }
  if (location.starts_with("//")) return Parse(scheme + ":" + std::string(location));
  for (unsigned char c : location) {
    if (c <= ' ' || c == 0x7f) return Bad(location, "invalid control character in URL");
  }
  Url url = *this;
  if (location.starts_with('?')) {
    SplitTarget(path + std::string(location), &url);
  } else if (location.starts_with('/')) {
    SplitTarget(location, &url);
  } else {
    SplitTarget(path.substr(0, path.rfind('/') + 1) + std::string(location), &url);
  }
  return url;
}

std::string Url::Authority() const {
  std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == DefaultPort(scheme) ? name : name + ":" + port;
}

}  // namespace buoy::api
