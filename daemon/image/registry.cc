#include "daemon/registry/registry_service.h"

#include "daemon/image/downloads.h"
#include "daemon/image/image_service.h"

namespace buoy::image {

namespace {

constexpr size_t kMaxConfig = 8u << 20;

types::OciPlatform PlatformOf(const distribution::ManifestPlatform& platform) {
  return {platform.architecture, platform.os, platform.os_version, platform.os_features,
          platform.variant};
}

// What the config of a single image says of its platform.
std::optional<types::OciPlatform> ConfigPlatform(distribution::Repository& repository,
                                                 const distribution::Descriptor& config) {
  if (config.size > static_cast<int64_t>(kMaxConfig)) return std::nullopt;
  auto text = repository.GetBlob(config.digest, static_cast<size_t>(config.size), nullptr);
  if (!text.ok()) return std::nullopt;
  auto parsed = ParseImageConfig(*text);
  if (!parsed.ok() || (parsed->os.empty() && parsed->architecture.empty())) return std::nullopt;
  types::OciPlatform platform;
  platform.os = parsed->os;
  platform.architecture = parsed->architecture;
  platform.variant = parsed->variant;
  platform.os_version = parsed->os_version;
  return platform;
}

Status Describe(distribution::Repository& repository, const Reference& reference,
                types::DistributionInspect* out) {
  BUOY_ASSIGN(auto fetched,
              repository.GetManifest(reference.has_digest() ? reference.digest() : reference.tag(),
                                     nullptr));
  BUOY_ASSIGN(auto manifest,
              distribution::ParseManifest(fetched.text, fetched.media_type, reference.String()));
  out->descriptor.media_type = manifest.media_type;
  out->descriptor.digest = fetched.digest;
  out->descriptor.size = static_cast<int64_t>(fetched.text.size());
  for (const auto& item : manifest.manifests) {
    out->platforms.push_back(item.platform ? PlatformOf(*item.platform) : types::OciPlatform());
  }
  if (manifest.is_index) return Ok();
  if (auto platform = ConfigPlatform(repository, manifest.config)) {
    out->platforms.push_back(*std::move(platform));
  }
  return Ok();
}

}  // namespace

ImageService::ImageService(const Context& context, CommitSource* commits,
                           std::function<distribution::Settings()> registries)
    : context_(context),
      commits_(commits),
      registries_(std::make_unique<registry::RegistryService>(
          registries ? std::move(registries) : [] { return distribution::Settings(); })),
      downloads_(std::make_unique<Downloads>(context.blobs, [this] {
        const auto settings = registries_->settings();
        return Downloads::Limits{settings.max_downloads, settings.download_attempts};
      })) {}

ImageService::~ImageService() = default;

Result<std::vector<types::ImageSearchResult>> ImageService::Search(
    const std::string& term, int limit, const api::Filters& filters,
    const std::string& registry_auth) {
  // As in Docker, credentials that cannot be read are none.
  auto credentials = registry::DecodeAuth(registry_auth);
  return registries_->Search(term, limit, filters,
                             credentials.ok() ? *credentials : distribution::Credentials{});
}

Result<std::string> ImageService::Authenticate(const std::string& auth_config) {
  return registries_->Authenticate(auth_config);
}

Result<types::DistributionInspect> ImageService::InspectDistribution(
    const std::string& ref, const std::string& registry_auth) {
  if (std::string digest; Reference::IsIdentifier(ref, &digest)) {
    return Internal("no manifest found for full image ID");
  }
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(ref));
  reference = reference.WithDefaultTag();
  auto credentials = registry::DecodeAuth(registry_auth);
  types::DistributionInspect out;
  BUOY_TRY(registries_->WithRepository(
      reference, "pull", credentials.ok() ? *credentials : distribution::Credentials{}, nullptr,
      [&](const std::shared_ptr<distribution::Repository>& repository) {
        out = {};
        return Describe(*repository, reference, &out);
      }));
  return out;
}

}  // namespace buoy::image
