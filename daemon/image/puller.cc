#include "daemon/image/puller.h"

#include <algorithm>

#include "api/distribution/errors.h"
#include "common/digest/digest.h"
#include "daemon/image/layer_pull.h"

namespace buoy::image {

namespace {

constexpr int kMaxIndexDepth = 3;
constexpr size_t kMaxConfig = 8u << 20;

Platform PlatformOf(const distribution::ManifestPlatform& platform) {
  return {platform.os, platform.architecture, platform.variant};
}

// Docker's schema 2 names its config's type; what it knows of as images.
Status CheckConfigType(const distribution::Manifest& manifest) {
  const std::string& type = manifest.config.media_type;
  if (manifest.media_type == distribution::kDockerManifest &&
      type.starts_with("application/vnd.docker.plugin.")) {
    return InvalidArgument("Encountered remote \"" + type + "\"(plugin) when fetching");
  }
  return distribution::CheckImageMediaType(type);
}

}  // namespace

Error PullError(Error error, const Reference& reference) {
  if (distribution::HasCode(error, distribution::kDenied)) {
    return std::move(error)
        .Context("pull access denied for " + reference.FamiliarName() +
                 ", repository does not exist or may require 'docker login'")
        .WithKind(ErrorKind::kNotFound);
  }
  if (distribution::HasCode(error, distribution::kManifestUnknown)) {
    return std::move(error).Context("manifest for " + reference.FamiliarString() + " not found");
  }
  if (distribution::HasCode(error, distribution::kNameUnknown)) {
    return std::move(error).Context("repository " + reference.FamiliarName() + " not found");
  }
  return error;
}

Result<std::vector<distribution::Descriptor>> ChooseManifests(
    const std::vector<distribution::Descriptor>& manifests, const Platform& want) {
  std::vector<distribution::Descriptor> matches;
  for (const auto& manifest : manifests) {
    if (!manifest.platform || PlatformMatches(want, PlatformOf(*manifest.platform))) {
      matches.push_back(manifest);
    }
  }
  if (matches.empty()) {
    return NotFound("no matching manifest for " + want.String() + " in the manifest list entries");
  }
  // The highest variant that will do comes first; entries that do not tell are a last resort.
  auto rank = [](const distribution::Descriptor& manifest) {
    return std::pair(manifest.platform.has_value(),
                     manifest.platform ? manifest.platform->variant : "");
  };
  std::stable_sort(matches.begin(), matches.end(),
                   [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
  return matches;
}

std::optional<Image> Puller::KnownImage(const Reference& reference, const std::string& digest) {
  auto named = reference.Trimmed().WithDigest(digest);
  if (!named.ok()) return std::nullopt;
  auto id = context_.store.Find(*named);
  if (!id) return std::nullopt;
  auto image = context_.store.Get(*id);
  // What a check of the store had to drop comes again.
  if (!image.ok() || !IsWhole(context_, *image)) return std::nullopt;
  // An index may stand for another platform's image as well.
  const ImageConfig& config = *image->config;
  const bool same = image->manifest == digest ||
                    PlatformMatches(WantedPlatform(), {config.OperatingSystem(),
                                                       config.architecture, config.variant});
  if (!same) return std::nullopt;
  return *std::move(image);
}

Result<Image> Puller::PullImage(const distribution::Manifest& manifest,
                                const distribution::FetchedManifest& fetched) {
  auto known = context_.store.Get(manifest.config.digest);
  if (known.ok() && IsWhole(context_, *known)) return known;
  BUOY_TRY(CheckConfigType(manifest));
  for (const auto& layer : manifest.layers) {
    BUOY_TRY(distribution::CheckImageMediaType(layer.media_type));
  }
  if (manifest.config.size > static_cast<int64_t>(kMaxConfig)) {
    return InvalidArgument("error pulling image configuration: it is too large");
  }
  auto text = repository_->GetBlob(manifest.config.digest,
                                   static_cast<size_t>(manifest.config.size), &cancel_);
  if (!text.ok()) return std::move(text).error().Context("error pulling image configuration");
  BUOY_ASSIGN(ImageConfig config, ParseImageConfig(*text));
  if (config.diff_ids.size() != manifest.layers.size()) {
    return InvalidArgument("layers from manifest don't match image configuration");
  }
  if (config.OperatingSystem() != "linux") {
    return InvalidArgument("cannot download image with operating system \"" +
                           config.OperatingSystem() + "\" when requesting \"linux\"");
  }
  LayerPull layers(context_, downloads_, repository_, cancel_, hooks_.progress);
  Image image;
  BUOY_ASSIGN(image.layers, layers.Run(manifest.layers, config.diff_ids));
  for (const auto& layer : image.layers) image.size += layer.size;
  BUOY_ASSIGN(image.id, context_.blobs.Put(*text));
  BUOY_ASSIGN(image.manifest, context_.blobs.Put(fetched.text));
  image.config = std::make_shared<const ImageConfig>(std::move(config));
  return image;
}

Result<Image> Puller::PullIndex(const distribution::Manifest& index, const Reference& reference,
                                int depth) {
  if (depth >= kMaxIndexDepth) return InvalidArgument("manifest list nested too deeply");
  BUOY_ASSIGN(auto matches, ChooseManifests(index.manifests, WantedPlatform()));
  Error last = NotFound("no matching manifest for " + WantedPlatform().String() +
                        " in the manifest list entries");
  for (const auto& match : matches) {
    BUOY_ASSIGN(auto fetched, repository_->GetManifest(match.digest, &cancel_));
    if (static_cast<int64_t>(fetched.text.size()) != match.size) {
      return InvalidArgument("failed size validation: " + std::to_string(fetched.text.size()) +
                             " != " + std::to_string(match.size) + ": failed precondition");
    }
    auto parsed = distribution::ParseManifest(fetched.text, fetched.media_type);
    // Kinds of manifests that are unknown here are for others.
    if (!parsed.ok() && parsed.error().message() == "unsupported manifest format") continue;
    return PullManifest(fetched, reference, depth + 1);
  }
  return last;
}

Result<Image> Puller::PullManifest(const distribution::FetchedManifest& fetched,
                                   const Reference& reference, int depth) {
  BUOY_ASSIGN(auto manifest,
              distribution::ParseManifest(fetched.text, fetched.media_type, reference.String()));
  return manifest.is_index ? PullIndex(manifest, reference, depth) : PullImage(manifest, fetched);
}

Result<bool> Puller::PullOne(const Reference& reference) {
  std::optional<Image> known;
  std::string digest = reference.digest();
  if (digest.empty()) {
    // A HEAD does not count against what a registry lets one pull.
    BUOY_ASSIGN(auto stat, repository_->StatManifest(reference.tag(), &cancel_));
    if (stat) digest = stat->digest;
  }
  distribution::FetchedManifest fetched;
  if (!digest.empty() && !reference.has_digest()) known = KnownImage(reference, digest);
  if (!known) {
    BUOY_ASSIGN(fetched,
                repository_->GetManifest(digest.empty() ? reference.tag() : digest, &cancel_));
    digest = fetched.digest;
    // Refused before the first line goes out.
    BUOY_TRY(distribution::ParseManifest(fetched.text, fetched.media_type, reference.String()));
  }
  BUOY_TRY(
      hooks_.progress(StatusLine("Pulling from " + reference.path(),
                                 reference.has_digest() ? reference.String() : reference.tag())));
  if (!known) {
    BUOY_ASSIGN(known, PullManifest(fetched, reference, 0));
  }
  BUOY_TRY(hooks_.progress(StatusLine("Digest: " + digest)));
  return hooks_.record(*known, reference, digest);
}

Status Puller::Pull(const Reference& reference) {
  bool is_new = false;
  if (!reference.IsNameOnly()) {
    BUOY_ASSIGN(is_new, PullOne(reference));
  } else {
    BUOY_ASSIGN(auto tags, repository_->Tags(&cancel_));
    for (const auto& tag : tags) {
      BUOY_ASSIGN(Reference tagged, reference.WithTag(tag));
      BUOY_ASSIGN(bool pulled, PullOne(tagged));
      is_new = is_new || pulled;
    }
  }
  return hooks_.progress(StatusLine(
      (is_new ? "Status: Downloaded newer image for " : "Status: Image is up to date for ") +
      reference.FamiliarString()));
}

}  // namespace buoy::image
