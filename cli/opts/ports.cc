#include "cli/opts/ports.h"

#include <map>

#include "cli/flags/strconv.h"
#include "cli/opts/text.h"
#include "common/net/ip.h"

namespace buoy::cli::opts {
namespace {

struct Range {
  uint64_t first = 0;
  uint64_t last = 0;
};

Result<Range> ParseRange(const std::string& text) {
  if (text.empty()) return InvalidArgument("empty string specified for ports");
  std::vector<std::string> parts = Split(text, '-');
  Range range;
  BUOY_ASSIGN(range.first, ParseUint(parts[0], 10, 16));
  range.last = range.first;
  if (parts.size() > 1) {
    BUOY_ASSIGN(range.last, ParseUint(parts[1], 10, 16));
  }
  if (range.last < range.first) {
    return InvalidArgument("invalid range specified for port: " + text);
  }
  return range;
}

struct ProtoPort {
  std::string proto, port;
};

ProtoPort SplitProto(const std::string& text) {
  std::vector<std::string> parts = Split(text, '/');
  if (parts[0].empty()) return {};
  if (parts.size() == 1 || parts[1].empty()) return {"tcp", parts[0]};
  return {parts[1], parts[0]};
}

struct Spec {
  std::string ip, host, container;
};

Spec SplitSpec(const std::string& text) {
  std::vector<std::string> parts = Split(text, ':');
  size_t n = parts.size();
  if (n == 1) return {"", "", parts[0]};
  Spec spec{"", parts[n - 2], parts[n - 1]};
  for (size_t i = 0; i + 2 < n; ++i) spec.ip += (i > 0 ? ":" : "") + parts[i];
  return spec;
}

// "target=80,published=8080,protocol=udp" -> "8080:80/udp".
Result<std::string> FromLongForm(const std::string& text) {
  if (text.find('=') == std::string::npos) return text;
  std::map<std::string, std::string> values = {{"protocol", "tcp"}};
  for (const std::string& param : Split(text, ',')) {
    CutResult cut = Cut(param, '=');
    if (!cut.found || cut.before.empty()) {
      return InvalidArgument("invalid publish opts format (should be name=value but got '" + param +
                             "')");
    }
    values[cut.before] = cut.after;
  }
  return values["published"] + ":" + values["target"] + "/" + values["protocol"];
}

Status AddOne(const std::string& text, PublishedPorts& out) {
  Spec spec = SplitSpec(text);
  ProtoPort container = SplitProto(spec.container);
  if (spec.ip.starts_with('[') && spec.ip.ends_with(']')) {
    spec.ip = spec.ip.substr(1, spec.ip.size() - 2);
  }
  if (!spec.ip.empty() && !net::IpAddress::Parse(spec.ip)) {
    return InvalidArgument("invalid IP address: " + spec.ip);
  }
  if (container.port.empty()) return InvalidArgument("no port specified: " + text + "<empty>");
  auto range = ParseRange(container.port);
  if (!range.ok()) return InvalidArgument("invalid containerPort: " + container.port);
  auto host = spec.host.empty() ? Result<Range>(Range{}) : ParseRange(spec.host);
  if (!host.ok()) return InvalidArgument("invalid hostPort: " + spec.host);
  uint64_t length = range->last - range->first;
  if (!spec.host.empty() && length != host->last - host->first && length != 0) {
    return InvalidArgument("invalid ranges specified for container and host Ports: " +
                           container.port + " and " + spec.host);
  }
  std::string proto = Lower(container.proto);
  if (proto != "tcp" && proto != "udp" && proto != "sctp") {
    return InvalidArgument("invalid proto: " + container.proto);
  }
  for (uint64_t i = 0; i <= length; ++i) {
    std::string host_port = spec.host.empty() ? "" : std::to_string(host->first + i);
    // One port in the container, several on the host: the daemon picks one of them.
    if (length == 0 && host->first != host->last) host_port += "-" + std::to_string(host->last);
    std::string port = std::to_string(range->first + i) + "/" + proto;
    out.exposed.insert(port);
    out.bindings[port].push_back({spec.ip, host_port});
  }
  return Ok();
}

}  // namespace

Result<PublishedPorts> ParsePublished(const std::vector<std::string>& specs) {
  PublishedPorts out;
  out.exposed.is_null = false;
  out.bindings.is_null = false;
  std::vector<std::string> plain;
  for (const std::string& spec : specs) {
    BUOY_ASSIGN(std::string converted, FromLongForm(spec));
    plain.push_back(std::move(converted));
  }
  for (const std::string& spec : plain) BUOY_TRY(AddOne(spec, out));
  return out;
}

Status AddExposed(const std::string& spec, json::StringSet& exposed) {
  if (spec.find(':') != std::string::npos) {
    return InvalidArgument("invalid port format for --expose: " + spec);
  }
  ProtoPort port = SplitProto(spec);
  auto range = ParseRange(port.port);
  if (!range.ok()) {
    return InvalidArgument("invalid range format for --expose: " + spec +
                           ", error: " + range.error().message());
  }
  for (uint64_t i = range->first; i <= range->last; ++i) {
    exposed.insert(std::to_string(i) + "/" + port.proto);
  }
  return Ok();
}

}  // namespace buoy::cli::opts
