#include "cli/command/manifest/manifest_registry.h"

#include "api/distribution/endpoints.h"
#include "api/distribution/errors.h"
#include "cli/config/auth.h"
#include "common/digest/digest.h"

namespace buoy::cli {
namespace {

constexpr size_t kMaxConfig = 8u << 20;

using distribution::FetchedManifest;
using distribution::Manifest;
using distribution::Repository;

void SetText(Value& object, const char* key, const std::string& text) {
  if (!text.empty()) object.Set(key, text);
}

Value PlatformValue(const distribution::ManifestPlatform& platform) {
  Value out = Value::Object();
  out.Set("architecture", platform.architecture).Set("os", platform.os);
  SetText(out, "os.version", platform.os_version);
  if (!platform.os_features.empty()) out.Set("os.features", Value::Strings(platform.os_features));
  SetText(out, "variant", platform.variant);
  return out;
}

Result<ImageManifest> Complete(Repository& repository, const Reference& reference,
                               const FetchedManifest& fetched, const Manifest& manifest,
                               const std::optional<distribution::ManifestPlatform>& platform) {
  if (manifest.config.size > static_cast<int64_t>(kMaxConfig)) {
    return InvalidArgument("the image's config is too large");
  }
  BUOY_ASSIGN(std::string text,
              repository.GetBlob(manifest.config.digest, static_cast<size_t>(manifest.config.size),
                                 nullptr));
  BUOY_ASSIGN(Value config, Value::Parse(text));
  Value shown = Value::Object();
  shown.Set("architecture", config.Str("architecture")).Set("os", config.Str("os"));
  for (const char* key : {"os.version", "variant"}) SetText(shown, key, config.Str(key));
  if (platform) shown = PlatformValue(*platform);  // the list's word counts
  return ImageManifest::Make(reference, fetched, manifest.media_type, std::move(shown));
}

Result<std::vector<ImageManifest>> FetchList(Repository& repository, const Reference& reference,
                                             const Manifest& list) {
  std::vector<ImageManifest> out;
  for (const auto& entry : list.manifests) {
    BUOY_ASSIGN(auto fetched, repository.GetManifest(entry.digest, nullptr));
    BUOY_ASSIGN(auto manifest, distribution::ParseManifest(fetched.text, fetched.media_type));
    if (manifest.is_index) return InvalidArgument("unsupported manifest type: a list in a list");
    BUOY_ASSIGN(Reference named, reference.WithDigest(entry.digest));
    BUOY_ASSIGN(auto item, Complete(repository, named, fetched, manifest, entry.platform));
    out.push_back(std::move(item));
  }
  return out;
}

Result<std::vector<ImageManifest>> FetchFrom(Repository& repository, const Reference& reference,
                                             bool* is_list) {
  BUOY_ASSIGN(auto fetched,
              repository.GetManifest(reference.has_digest() ? reference.digest() : reference.tag(),
                                     nullptr));
  BUOY_ASSIGN(auto manifest,
              distribution::ParseManifest(fetched.text, fetched.media_type, reference.String()));
  *is_list = manifest.is_index;
  if (manifest.is_index) return FetchList(repository, reference, manifest);
  BUOY_ASSIGN(auto image, Complete(repository, reference, fetched, manifest, std::nullopt));
  return std::vector<ImageManifest>{std::move(image)};
}

bool IsUnknown(const Error& error) {
  return error.kind() == ErrorKind::kNotFound || error.kind() == ErrorKind::kUnauthorized;
}

bool SpeaksHttp(const Error& error) {
  return error.message().find("server gave HTTP response") != std::string::npos;
}

distribution::ProxySettings ProxiesOfEnvironment() {
  auto value = [](const char* upper, const char* lower) -> std::string {
    if (const char* text = getenv(upper); text != nullptr && *text != '\0') return text;
    const char* text = getenv(lower);
    return text == nullptr ? "" : text;
  };
  return {value("HTTP_PROXY", "http_proxy"), value("HTTPS_PROXY", "https_proxy"),
          value("NO_PROXY", "no_proxy")};
}

}  // namespace

Result<ImageManifest> ImageManifest::Make(const Reference& reference,
                                          const FetchedManifest& fetched,
                                          const std::string& media_type, Value platform) {
  BUOY_ASSIGN(Value parsed, Value::Parse(fetched.text));
  Value descriptor = Value::Object();
  descriptor.Set("mediaType", media_type)
      .Set("digest", fetched.digest)
      .Set("size", static_cast<int64_t>(fetched.text.size()))
      .Set("platform", std::move(platform));
  Value json = Value::Object();
  json.Set("Ref", reference.String())
      .Set("Descriptor", std::move(descriptor))
      .Set("Raw", Base64(fetched.text))
      .Set(media_type == distribution::kDockerManifest ? "SchemaV2Manifest" : "OCIManifest",
           std::move(parsed));
  return ImageManifest(std::move(json));
}

Result<std::string> ImageManifest::Raw() const {
  BUOY_ASSIGN(std::string raw, DecodeBase64(json_.Str("Raw")));
  const std::string actual = Sha256Digest(raw);
  if (actual == digest()) return raw;
  return InvalidArgument("internal digest mismatch for " + ref() + ": expected " + digest() +
                         ", got " + actual);
}

std::vector<std::string> ImageManifest::Blobs() const {
  const Value& manifest = json_.Find("SchemaV2Manifest") != nullptr ? json_.At("SchemaV2Manifest")
                                                                    : json_.At("OCIManifest");
  std::vector<std::string> blobs{manifest.At("config").Str("digest")};
  for (const Value& layer : manifest.At("layers").List()) blobs.push_back(layer.Str("digest"));
  return blobs;
}

ImageManifest ImageManifest::WithPlatform(Value platform) const {
  Value descriptor = Value::Object(json_.At("Descriptor").Fields());
  descriptor.Set("platform", std::move(platform));
  Value json = Value::Object(json_.Fields());
  json.Set("Descriptor", std::move(descriptor));
  return ImageManifest(std::move(json));
}

Result<Reference> NormalizedReference(const std::string& text) {
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(text));
  return reference.WithDefaultTag();
}

Result<std::string> ListJson(const std::vector<ImageManifest>& images, const Reference& target,
                             std::string* media_type) {
  ValueList list;
  for (const auto& image : images) {
    BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(image.ref()));
    if (reference.domain() != target.domain()) {
      return InvalidArgument(
          "cannot use source images from a different registry than the target image: " +
          reference.domain() + " != " + target.domain());
    }
    Value entry = Value::Object();
    entry.Set("mediaType", image.media_type())
        .Set("size", image.json().At("Descriptor").Int("size"))
        .Set("digest", image.digest())
        .Set("platform", image.platform());
    list.push_back(std::move(entry));
  }
  const bool oci = !images.empty() && images[0].media_type() == distribution::kOciManifest;
  *media_type = oci ? distribution::kOciIndex : distribution::kDockerList;
  Value out = Value::Object();
  out.Set("schemaVersion", 2).Set("mediaType", *media_type).Set("manifests", std::move(list));
  return IndentJson(out.Dump(true), "   ");
}

Result<std::vector<distribution::Endpoint>> ManifestRegistry::Endpoints(
    const Reference& reference) const {
  distribution::Settings settings;
  settings.proxies = ProxiesOfEnvironment();
  if (insecure_) settings.insecure.push_back(reference.domain());
  return distribution::EndpointsOf(settings, reference.domain(), false);
}

Result<std::shared_ptr<Repository>> ManifestRegistry::Open(const distribution::Endpoint& endpoint,
                                                           const Reference& reference,
                                                           const std::string& actions) {
  BUOY_ASSIGN(auto auth, FindAuth(cli_.config(), AuthKey(reference.domain())));
  const distribution::Credentials credentials{auth.username, auth.password, auth.identity_token,
                                              auth.registry_token};
  bool spoke = false;
  return Repository::Open(endpoint, reference.path(), actions, credentials, nullptr, &spoke);
}

Result<std::vector<ImageManifest>> ManifestRegistry::Fetch(const Reference& reference,
                                                           bool* is_list) {
  BUOY_ASSIGN(auto endpoints, Endpoints(reference));
  for (const auto& endpoint : endpoints) {
    // Plain HTTP only when it is asked for.
    if (!endpoint.url.is_https() && !insecure_) continue;
    auto repository = Open(endpoint, reference, "pull");
    if (!repository.ok()) {
      if (!SpeaksHttp(repository.error())) return std::move(repository).error();
      continue;
    }
    auto fetched = FetchFrom(**repository, reference, is_list);
    if (fetched.ok() || !IsUnknown(fetched.error())) return fetched;
  }
  return NotFound("no such manifest: " + reference.String());
}

Result<std::shared_ptr<Repository>> ManifestRegistry::OpenForPush(const Reference& target) {
  BUOY_ASSIGN(auto endpoints, Endpoints(target));
  Error last = NotFound("no such registry: " + target.domain());
  for (const auto& endpoint : endpoints) {
    auto repository = Open(endpoint, target, "pull,push");
    if (repository.ok() || !SpeaksHttp(repository.error())) return repository;
    last = std::move(repository).error();
  }
  return last;
}

}  // namespace buoy::cli
