#include "cli/command/manifest/manifest.h"
#include "cli/command/manifest/manifest_store.h"

namespace buoy::cli {
namespace {

struct Options {
  bool insecure = false, verbose = false;
};

Status PrintOne(Cli& cli, const ImageManifest& image, bool verbose) {
  std::string text;
  if (verbose) {
    text = image.json().Dump(true);
  } else {
    BUOY_ASSIGN(text, image.Raw());
  }
  cli.Out(IndentJson(text, "\t") + "\n");
  return Ok();
}

Status PrintList(Cli& cli, const Reference& list, const std::vector<ImageManifest>& images,
                 bool verbose) {
  if (!verbose) {
    std::string media_type;
    BUOY_ASSIGN_CONTEXT(std::string text, ListJson(images, list, &media_type),
                        "failed to assemble ManifestDescriptor");
    cli.Out(text + "\n");
    return Ok();
  }
  ValueList values;
  for (const auto& image : images) values.push_back(image.json());
  cli.Out(IndentJson(Value(std::move(values)).Dump(true), "\t") + "\n");
  return Ok();
}

Status Inspect(Invocation& in, const Options& options) {
  const ManifestStore store(in.cli.config().dir());
  BUOY_ASSIGN(Reference reference, NormalizedReference(in.args.back()));
  if (in.args.size() == 2) {
    BUOY_ASSIGN(Reference list, NormalizedReference(in.args[0]));
    BUOY_ASSIGN(auto image, store.Get(list, reference));
    return PrintOne(in.cli, image, options.verbose);
  }
  // A list that is being put together goes before what a registry has.
  auto local = store.GetList(reference);
  if (local.ok()) return PrintList(in.cli, reference, *local, options.verbose);
  bool is_list = false;
  BUOY_ASSIGN(auto images, ManifestRegistry(in.cli, options.insecure).Fetch(reference, &is_list));
  return is_list ? PrintList(in.cli, reference, images, options.verbose)
                 : PrintOne(in.cli, images[0], options.verbose);
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_TRY(Inspect(in, options));
  return 0;
}

}  // namespace

Command ManifestInspect() {
  auto options = std::make_shared<Options>();
  return {.use = "inspect [OPTIONS] [MANIFEST_LIST] MANIFEST",
          .brief = "Display an image manifest, or manifest list",
          .args = {1, 2},
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->insecure, "insecure", 0,
                           "Allow communication with an insecure registry");
                flags.Bool(&options->verbose, "verbose", 'v',
                           "Output additional info including layers and platform");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
