#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/distribution/repository.h"
#include "common/reference/reference.h"
#include "daemon/image/context.h"
#include "daemon/image/downloads.h"
#include "daemon/image/progress_lines.h"

namespace buoy::image {

// The error of a whole pull from one of a registry, with Docker's advice.
Error PullError(Error error, const Reference& reference);

// The entry of an index for a platform: the best of those that fit, in the order of the index;
// kNotFound "no matching manifest for linux/arm64 in the manifest list entries".
Result<std::vector<distribution::Descriptor>> ChooseManifests(
    const std::vector<distribution::Descriptor>& manifests, const Platform& want);

// Pulls from one repository of one registry. The caller holds `contents` shared.
class Puller {
 public:
  struct Hooks {
    // Adds the image unless it is there and gives it its names: true when the name is new.
    std::function<Result<bool>(const Image& image, const Reference& reference,
                               const std::string& digest)>
        record;
    ProgressSink progress;
  };
  Puller(const Context& context, Downloads& downloads,
         std::shared_ptr<distribution::Repository> repository, std::optional<Platform> platform,
         distribution::CancelSource& cancel, Hooks hooks)
      : context_(context),
        downloads_(downloads),
        repository_(std::move(repository)),
        platform_(std::move(platform)),
        cancel_(cancel),
        hooks_(std::move(hooks)) {}

  // A tag, a digest, or all tags of a mere name; says how it went.
  Status Pull(const Reference& reference);

 private:
  // True when something is new.
  Result<bool> PullOne(const Reference& reference);
  Result<Image> PullManifest(const distribution::FetchedManifest& fetched,
                             const Reference& reference, int depth);
  Result<Image> PullIndex(const distribution::Manifest& index, const Reference& reference,
                          int depth);
  Result<Image> PullImage(const distribution::Manifest& manifest,
                          const distribution::FetchedManifest& fetched);
  // What the tag stands for is here already, as far as the digest alone tells.
  std::optional<Image> KnownImage(const Reference& reference, const std::string& digest);
  Platform WantedPlatform() const { return platform_ ? *platform_ : HostPlatform(); }

  const Context& context_;
  Downloads& downloads_;
  const std::shared_ptr<distribution::Repository> repository_;
  const std::optional<Platform> platform_;
  distribution::CancelSource& cancel_;
  const Hooks hooks_;
};

}  // namespace buoy::image
