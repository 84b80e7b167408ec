#include "api/distribution/manifest.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "common/digest/digest.h"
#include "common/json/codec.h"

namespace buoy::distribution {

namespace {

using json::Json;

constexpr char kSchema1[] = "application/vnd.docker.distribution.manifest.v1+json";
constexpr char kSchema1Signed[] = "application/vnd.docker.distribution.manifest.v1+prettyjws";
// More layers than any storage driver stacks, and more platforms than there are.
constexpr size_t kMaxDescriptors = 4096;

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

Error Schema1(const std::string& reference) {
  std::string text =
      "Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been "
      "removed.";
  if (!reference.empty()) {
    text += " Suggest the author of " + reference +
            " to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2.";
  }
  return InvalidArgument(text +
                         " More information at https://docs.docker.com/go/deprecated-image-specs/");
}

// The member, or null when it is missing or null.
const Json* Member(const Json& object, const char* name) {
  auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> Text(const Json& object, const char* name) {
  const Json* value = Member(object, name);
  if (value == nullptr) return std::string();
  if (!value->is_string()) {
    return InvalidArgument(std::string("invalid manifest: \"") + name + "\" is not a string");
  }
  return value->get<std::string>();
}

Result<std::optional<ManifestPlatform>> ParsePlatform(const Json& object) {
  const Json* value = Member(object, "platform");
  if (value == nullptr) return std::optional<ManifestPlatform>();
  if (!value->is_object()) return InvalidArgument("invalid manifest: platform is not an object");
  ManifestPlatform platform;
  BUOY_ASSIGN(platform.os, Text(*value, "os"));
  BUOY_ASSIGN(platform.architecture, Text(*value, "architecture"));
  BUOY_ASSIGN(platform.variant, Text(*value, "variant"));
  BUOY_ASSIGN(platform.os_version, Text(*value, "os.version"));
  if (const Json* features = Member(*value, "os.features");
      features != nullptr && features->is_array()) {
    for (const auto& feature : *features) {
      if (feature.is_string()) platform.os_features.push_back(feature.get<std::string>());
    }
  }
  if (platform.os.empty() && platform.architecture.empty() && platform.variant.empty()) {
    return std::optional<ManifestPlatform>();
  }
  return std::optional(std::move(platform));
}

Result<Descriptor> ParseDescriptor(const Json& value, const std::string& what) {
  if (!value.is_object()) return InvalidArgument("invalid manifest: " + what + " is not an object");
  Descriptor descriptor;
  BUOY_ASSIGN(descriptor.media_type, Text(value, "mediaType"));
  BUOY_ASSIGN(descriptor.digest, Text(value, "digest"));
  auto valid = ValidateDigest(descriptor.digest);
  if (!valid.ok()) {
    return std::move(valid).error().Context("could not validate " + what + " digest \"" +
                                            descriptor.digest.substr(0, 200) + "\"");
  }
  const Json* size = Member(value, "size");
  if (size == nullptr || !size->is_number_integer() ||
      (size->is_number_unsigned() && size->get<uint64_t>() > INT64_MAX) ||
      size->get<int64_t>() < 0) {
    return InvalidArgument("invalid manifest: " + what + " " + descriptor.digest +
                           " has no valid size");
  }
  descriptor.size = size->get<int64_t>();
  BUOY_ASSIGN(descriptor.platform, ParsePlatform(value));
  return descriptor;
}

Status ParseList(const Json& value, const std::string& what, std::vector<Descriptor>* out) {
  if (!value.is_array()) return InvalidArgument("invalid manifest: " + what + "s are not a list");
  if (value.size() > kMaxDescriptors) {
    return InvalidArgument("invalid manifest: too many " + what + "s");
  }
  for (const auto& item : value) {
    BUOY_ASSIGN(auto descriptor, ParseDescriptor(item, what));
    out->push_back(std::move(descriptor));
  }
  return Ok();
}

bool IsIndexType(std::string_view type) { return type == kDockerList || type == kOciIndex; }
bool IsManifestType(std::string_view type) {
  return type == kDockerManifest || type == kOciManifest;
}

// What the text is, whoever says so.
Result<std::string> TypeOf(const Json& object, std::string_view content_type) {
  BUOY_ASSIGN(std::string own, Text(object, "mediaType"));
  std::string said(content_type.substr(0, content_type.find(';')));
  const bool known = IsIndexType(said) || IsManifestType(said);
  if (!own.empty()) {
    if (known && own != said) {
      return InvalidArgument("if present, mediaType in manifest should be '" + said + "' not '" +
                             own + "'");
    }
    return own;
  }
  if (known) {
    if (said == kDockerManifest || said == kDockerList) {
      return InvalidArgument("mediaType in manifest should be '" + said + "' not ''");
    }
    return said;
  }
  const bool has_config = Member(object, "config") != nullptr;
  const bool has_layers = Member(object, "layers") != nullptr;
  const bool has_manifests = Member(object, "manifests") != nullptr;
  if (has_manifests && !has_config && !has_layers) return std::string(kOciIndex);
  if ((has_config || has_layers) && !has_manifests) return std::string(kOciManifest);
  return InvalidArgument("media-type: cannot determine");
}

}  // namespace

Result<Manifest> ParseManifest(std::string_view text, std::string_view content_type,
                               const std::string& reference) {
  if (text.size() > kMaxManifest) return InvalidArgument("manifest too large");
  const std::string_view said = content_type.substr(0, content_type.find(';'));
  if (said == kSchema1 || said == kSchema1Signed) return Schema1(reference);
  BUOY_ASSIGN_CONTEXT(Json object, json::Parse(text), "invalid manifest");
  if (!object.is_object()) return InvalidArgument("unsupported manifest format");
  if (Member(object, "fsLayers") != nullptr) return Schema1(reference);
  Manifest manifest;
  BUOY_ASSIGN(manifest.media_type, TypeOf(object, content_type));
  manifest.is_index = IsIndexType(manifest.media_type);
  if (!manifest.is_index && !IsManifestType(manifest.media_type)) {
    return InvalidArgument("unsupported manifest format");
  }
  const Json* config = Member(object, "config");
  const Json* layers = Member(object, "layers");
  const Json* manifests = Member(object, "manifests");
  if (manifest.is_index) {
    if (config != nullptr || layers != nullptr) {
      return InvalidArgument("media-type: \"" + manifest.media_type +
                             "\" should not have \"config\", \"layers\", or \"fsLayers\"");
    }
    if (manifests != nullptr) BUOY_TRY(ParseList(*manifests, "manifest", &manifest.manifests));
    return manifest;
  }
  if (manifests != nullptr) {
    return InvalidArgument("media-type: \"" + manifest.media_type +
                           "\" should not have \"manifests\" or \"fsLayers\"");
  }
  if (config == nullptr) return InvalidArgument("invalid manifest: no config");
  BUOY_ASSIGN(manifest.config, ParseDescriptor(*config, "config"));
  if (layers != nullptr) BUOY_TRY(ParseList(*layers, "layer", &manifest.layers));
  return manifest;
}

Status CheckImageMediaType(const std::string& media_type) {
  const std::string lower = Lower(media_type);
  if (lower.starts_with("application/vnd.docker.ai.")) {
    return InvalidArgument(
        "AI models are not yet supported by the Engine, please use \"docker model pull/run\" "
        "instead");
  }
  const bool elsewhere = lower.find(".foreign.") != std::string::npos ||
                         lower.find(".nondistributable.") != std::string::npos;
  static const std::set<std::string> kOld = {"application/octet-stream", "application/json",
                                             "text/html", ""};
  if (!elsewhere && (kOld.contains(lower) || lower.starts_with("application/vnd.oci.image.") ||
                     lower.starts_with("application/vnd.docker."))) {
    return Ok();
  }
  return InvalidArgument("unsupported media type " + media_type);
}

}  // namespace buoy::distribution
