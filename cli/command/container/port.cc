#include <algorithm>

#include "cli/command/container/container.h"
#include "cli/command/list.h"
#include "cli/flags/strconv.h"
#include "cli/formatter/natural_sort.h"

namespace buoy::cli {
namespace {

std::string HostPort(const Value& binding) {
  const std::string& ip = binding.Str("HostIp");
  bool v6 = ip.find(':') != std::string::npos;
  return (v6 ? "[" + ip + "]" : ip) + ":" + binding.Str("HostPort");
}

Result<int> Run(Invocation& in) {
  BUOY_ASSIGN(Value container, InspectContainer(in.cli, in.args[0]));
  const Value& ports = container.At("NetworkSettings", "Ports");
  std::vector<std::string> out;
  if (in.args.size() > 1) {
    const std::string& wanted = in.args[1];
    size_t slash = wanted.find('/');
    std::string number = wanted.substr(0, slash);
    std::string proto = slash == std::string::npos ? "" : wanted.substr(slash + 1);
    if (proto.empty()) proto = "tcp";
    if (auto valid = ParseUint(number, 10, 16); !valid.ok()) {
      return InvalidArgument("Error: invalid port (" + number + "): " + valid.error().message());
    }
    const Value& bindings = ports.At(number + "/" + proto);
    if (bindings.List().empty()) {
      return NotFound("Error: No public port '" + wanted + "' published for " + in.args[0]);
    }
    for (const Value& binding : bindings.List()) out.push_back(HostPort(binding));
  } else {
    for (const auto& [port, bindings] : ports.Fields()) {
      for (const Value& binding : bindings.List()) out.push_back(port + " -> " + HostPort(binding));
    }
  }
  std::sort(out.begin(), out.end(), NaturalLess);
  if (!out.empty()) in.cli.Out(Join(out, "\n") + "\n");
  return 0;
}

}  // namespace

Command ContainerPort() {
  return {.use = "port CONTAINER [PRIVATE_PORT[/PROTO]]",
          .brief = "List port mappings or a specific mapping for the container",
          .full_names = "container port, port",
          .args = {1, 2},
          .run = Run};
}

}  // namespace buoy::cli
