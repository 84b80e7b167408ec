#include "cli/command/manifest/manifest.h"
#include "cli/command/manifest/manifest_store.h"

namespace buoy::cli {
namespace {

struct Options {
  bool amend = false, insecure = false;
};

// What the list has already, else the registry's.
Result<ImageManifest> Find(Invocation& in, const ManifestStore& store, const Reference& list,
                           const Reference& image, bool insecure) {
  auto local = store.Get(list, image);
  if (!local.ok() && local.error().kind() != ErrorKind::kNotFound) return local;
  if (local.ok() && !local->json().Str("Raw").empty()) return local;
  bool is_list = false;
  BUOY_ASSIGN(auto images, ManifestRegistry(in.cli, insecure).Fetch(image, &is_list));
  if (is_list) return InvalidArgument(image.String() + " is a manifest list");
  return images[0];
}

Result<int> Run(Invocation& in, const Options& options) {
  const ManifestStore store(in.cli.config().dir());
  BUOY_ASSIGN_CONTEXT(Reference list, NormalizedReference(in.args[0]),
                      "error parsing name for manifest list " + in.args[0]);
  auto before = store.GetList(list);
  if (before.ok() && !options.amend) {
    return InvalidArgument("refusing to amend an existing manifest list with no --amend flag");
  }
  if (!before.ok() && before.error().kind() != ErrorKind::kNotFound) {
    return std::move(before).error();
  }
  for (size_t i = 1; i < in.args.size(); ++i) {
    BUOY_ASSIGN(Reference image, NormalizedReference(in.args[i]));
    BUOY_ASSIGN(auto manifest, Find(in, store, list, image, options.insecure));
    BUOY_TRY(store.Save(list, image, manifest));
  }
  in.cli.Out("Created manifest list " + list.String() + "\n");
  return 0;
}

}  // namespace

Command ManifestCreate() {
  auto options = std::make_shared<Options>();
  return {.use = "create MANIFEST_LIST MANIFEST [MANIFEST...]",
          .brief = "Create a local manifest list for annotating and pushing to a registry",
          .args = MinArgs(2),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->amend, "amend", 'a', "Amend an existing manifest list");
                flags.Bool(&options->insecure, "insecure", 0,
                           "Allow communication with an insecure registry");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
