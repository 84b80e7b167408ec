#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/distribution/repository.h"
#include "cli/command/cli.h"
#include "cli/formatter/value.h"
#include "common/reference/reference.h"

namespace buoy::cli {

// One image's manifest with the platform that its config or its list says; the JSON of Docker's
// store of manifests: Ref, Descriptor (with platform), Raw, and SchemaV2Manifest or OCIManifest.
class ImageManifest {
 public:
  explicit ImageManifest(Value json) : json_(std::move(json)) {}
  static Result<ImageManifest> Make(const Reference& reference,
                                    const distribution::FetchedManifest& fetched,
                                    const std::string& media_type, Value platform);

  const Value& json() const { return json_; }
  const std::string& ref() const { return json_.Str("Ref"); }
  const Value& platform() const { return json_.At("Descriptor", "platform"); }
  const std::string& digest() const { return json_.At("Descriptor").Str("digest"); }
  const std::string& media_type() const { return json_.At("Descriptor").Str("mediaType"); }
  // The bytes as they came from the registry; kInvalidArgument when they have another digest.
  Result<std::string> Raw() const;
  // The digests of config and layers.
  std::vector<std::string> Blobs() const;
  // The same with another platform.
  ImageManifest WithPlatform(Value platform) const;

 private:
  Value json_;
};

// A reference with a tag, unless it has a digest.
Result<Reference> NormalizedReference(const std::string& text);

// The JSON of a list of these in `target`'s registry. Errors: the images of other registries.
Result<std::string> ListJson(const std::vector<ImageManifest>& images, const Reference& target,
                             std::string* media_type);

// Docker's registry client of the CLI: speaks to registries itself, with the CLI's credentials.
class ManifestRegistry {
 public:
  ManifestRegistry(Cli& cli, bool insecure) : cli_(cli), insecure_(insecure) {}

  // What a tag or digest names: one image, or with *is_list those of a list.
  Result<std::vector<ImageManifest>> Fetch(const Reference& reference, bool* is_list);
  // To push into a repository.
  Result<std::shared_ptr<distribution::Repository>> OpenForPush(const Reference& target);

 private:
  Result<std::shared_ptr<distribution::Repository>> Open(const distribution::Endpoint& endpoint,
                                                         const Reference& reference,
                                                         const std::string& actions);
  Result<std::vector<distribution::Endpoint>> Endpoints(const Reference& reference) const;

  Cli& cli_;
  const bool insecure_;
};

}  // namespace buoy::cli
