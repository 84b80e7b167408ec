#include "cli/command/manifest/manifest.h"
#include "cli/command/manifest/manifest_store.h"
#include "common/digest/digest.h"

namespace buoy::cli {
namespace {

struct Options {
  bool insecure = false, purge = false;
};

// What the registry has in another repository of its own appears in this one, too.
Status MountBlobs(distribution::Repository& repository, const ImageManifest& image,
                  const std::string& from, const Reference& target) {
  for (const auto& blob : image.Blobs()) {
    BUOY_ASSIGN_CONTEXT(auto upload, repository.StartUpload(blob, from, nullptr),
                        "failed to mount blob " + from + "@" + blob + " to " + target.String());
    if (upload.mounted) continue;
    BUOY_TRY(repository.CancelUpload(upload, nullptr));
    if (image.platform().Str("os") == "windows") continue;  // foreign layers are nowhere
    return InvalidArgument("error mounting " + from + "@" + blob + " to " + target.String());
  }
  return Ok();
}

Status PutImages(Cli& cli, distribution::Repository& repository,
                 const std::vector<ImageManifest>& images, const Reference& target) {
  std::vector<const ImageManifest*> foreign;
  for (const auto& image : images) {
    BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(image.ref()));
    if (reference.path() == target.path()) continue;
    BUOY_TRY(MountBlobs(repository, image, reference.path(), target));
    foreign.push_back(&image);
  }
  for (const ImageManifest* image : foreign) {
    BUOY_ASSIGN(Reference named, target.Trimmed().WithDigest(image->digest()));
    BUOY_ASSIGN(std::string raw, image->Raw());
    if (auto put = repository.PutManifest(image->digest(), image->media_type(), raw, nullptr);
        !put.ok()) {
      return std::move(put).error().Context("failed to put manifest " + named.String());
    }
    cli.Out("Pushed ref " + named.String() + " with digest: " + image->digest() + "\n");
  }
  return Ok();
}

Result<int> Run(Invocation& in, const Options& options) {
  const ManifestStore store(in.cli.config().dir());
  BUOY_ASSIGN(Reference target, NormalizedReference(in.args[0]));
  BUOY_ASSIGN(auto images, store.GetList(target));
  for (const auto& image : images) {
    if (!image.platform().Str("os").empty() && !image.platform().Str("architecture").empty()) {
      continue;
    }
    return InvalidArgument("manifest " + image.ref() +
                           " must have an OS and Architecture to be pushed to a registry");
  }
  std::string media_type;
  BUOY_ASSIGN(std::string list, ListJson(images, target, &media_type));
  BUOY_ASSIGN(auto repository, ManifestRegistry(in.cli, options.insecure).OpenForPush(target));
  BUOY_TRY(PutImages(in.cli, *repository, images, target));
  const std::string name = target.has_tag() ? target.tag() : target.digest();
  if (auto put = repository->PutManifest(name, media_type, list, nullptr); !put.ok()) {
    return std::move(put).error().Context("failed to put manifest " + target.String());
  }
  in.cli.Out(Sha256Digest(list) + "\n");
  if (options.purge) BUOY_TRY(store.Remove(target));
  return 0;
}

}  // namespace

Command ManifestPush() {
  auto options = std::make_shared<Options>();
  return {.use = "push [OPTIONS] MANIFEST_LIST",
          .brief = "Push a manifest list to a repository",
          .args = ExactArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->purge, "purge", 'p',
                           "Remove the local manifest list after push");
                flags.Bool(&options->insecure, "insecure", 0, "Allow push to an insecure registry");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
