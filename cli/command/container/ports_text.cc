#include "cli/command/container/ports_text.h"

#include <algorithm>
#include <tuple>

#include "cli/command/list.h"

namespace buoy::cli {
namespace {

struct Port {
  std::string ip, type;
  int64_t inside, outside;
};

struct Group {
  std::string ip, type;
  int64_t first, last;
};

std::string HostPort(const std::string& ip, const std::string& port) {
  return (ip.find(':') == std::string::npos ? ip : "[" + ip + "]") + ":" + port;
}

std::string Text(const Group& group) {
  std::string range = std::to_string(group.first);
  if (group.first != group.last) range += "-" + std::to_string(group.last);
  std::string text = group.ip.empty() ? range : HostPort(group.ip, range) + "->" + range;
  return text + "/" + group.type;
}

}  // namespace

std::string PortsText(const Value& ports) {
  std::vector<Port> sorted;
  for (const Value& port : ports.List()) {
    sorted.push_back(
        {port.Str("IP"), port.Str("Type"), port.Int("PrivatePort"), port.Int("PublicPort")});
  }
  std::sort(sorted.begin(), sorted.end(), [](const Port& a, const Port& b) {
    return std::tie(a.inside, a.ip, a.outside, a.type) <
           std::tie(b.inside, b.ip, b.outside, b.type);
  });
  std::vector<std::string> out;
  std::vector<std::string> mapped;
  std::vector<Group> groups;
  for (const Port& port : sorted) {
    if (!port.ip.empty() && port.outside != port.inside) {
      mapped.push_back(HostPort(port.ip, std::to_string(port.outside)) + "->" +
                       std::to_string(port.inside) + "/" + port.type);
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      return g.ip == port.ip && g.type == port.type;
    });
    if (group == groups.end()) {
      groups.push_back({port.ip, port.type, port.inside, port.inside});
    } else if (port.inside == group->last + 1) {
      group->last = port.inside;
    } else {
      out.push_back(Text(*group));
      group->first = group->last = port.inside;
    }
  }
  for (const Group& group : groups) out.push_back(Text(group));
  out.insert(out.end(), mapped.begin(), mapped.end());
  return Join(out, ", ");
}

}  // namespace buoy::cli
