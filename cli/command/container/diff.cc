#include "cli/command/container/container.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  if (in.args[0].empty()) return InvalidArgument("Container name cannot be empty");
  BUOY_ASSIGN(std::string path, ContainerPath(in.args[0], "/changes"));
  BUOY_ASSIGN(Value changes, in.cli.Get(path));
  constexpr char kKinds[] = {'C', 'A', 'D'};  // modified, added, deleted
  std::string out;
  for (const Value& change : changes.List()) {
    int64_t kind = change.Int("Kind");
    out += kind >= 0 && kind < 3 ? kKinds[kind] : '?';
    out += " " + change.Str("Path") + "\n";
  }
  in.cli.Out(out);
  return 0;
}

}  // namespace

Command ContainerDiff() {
  return {.use = "diff CONTAINER",
          .brief = "Inspect changes to files or directories on a container's filesystem",
          .full_names = "container diff, diff",
          .args = ExactArgs(1),
          .run = Run};
}

}  // namespace buoy::cli
