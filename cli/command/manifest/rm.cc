#include "cli/command/manifest/manifest.h"
#include "cli/command/manifest/manifest_store.h"

namespace buoy::cli {
namespace {

Status RemoveOne(const ManifestStore& store, const std::string& name) {
  BUOY_ASSIGN(Reference list, NormalizedReference(name));
  BUOY_TRY(store.GetList(list));
  return store.Remove(list);
}

Result<int> Run(Invocation& in) {
  const ManifestStore store(in.cli.config().dir());
  std::string errors;
  for (const auto& name : in.args) {
    Status removed = RemoveOne(store, name);
    if (!removed.ok()) errors += (errors.empty() ? "" : "\n") + removed.error().message();
  }
  if (!errors.empty()) return NotFound(errors);
  return 0;
}

}  // namespace

Command ManifestRm() {
  return {.use = "rm MANIFEST_LIST [MANIFEST_LIST...]",
          .brief = "Delete one or more manifest lists from local storage",
          .args = MinArgs(1),
          .run = [](Invocation& in) { return Run(in); }};
}

}  // namespace buoy::cli
