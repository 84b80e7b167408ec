#include "api/distribution/endpoints.h"
#include "api/distribution/errors.h"
#include "cli/command/manifest/manifest.h"
#include "cli/config/auth.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

constexpr size_t kMaxConfig = 8u << 20;

struct Options {
  bool insecure = false, verbose = false;
};

using distribution::FetchedManifest;
using distribution::Manifest;
using distribution::Repository;

// One image's manifest with the platform that its config or its list says.
struct ImageManifest {
  Reference reference;
  FetchedManifest fetched;
  Manifest manifest;
  Value platform = Value::Object();
};

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

Result<ImageManifest> Complete(Repository& repository, Reference reference, FetchedManifest fetched,
                               Manifest manifest) {
  ImageManifest out{std::move(reference), std::move(fetched), std::move(manifest)};
  if (out.manifest.config.size > static_cast<int64_t>(kMaxConfig)) {
    return InvalidArgument("the image's config is too large");
  }
  BUOY_ASSIGN(std::string text,
              repository.GetBlob(out.manifest.config.digest,
                                 static_cast<size_t>(out.manifest.config.size), nullptr));
  BUOY_ASSIGN(Value config, Value::Parse(text));
  out.platform.Set("architecture", config.Str("architecture")).Set("os", config.Str("os"));
  for (const char* key : {"os.version", "variant"}) SetText(out.platform, key, config.Str(key));
  return out;
}

Result<std::vector<ImageManifest>> FetchList(Repository& repository, const Reference& reference,
                                             const Manifest& list) {
  std::vector<ImageManifest> out;
  for (const auto& entry : list.manifests) {
    BUOY_ASSIGN(auto fetched, repository.GetManifest(entry.digest, nullptr));
    BUOY_ASSIGN(auto manifest, distribution::ParseManifest(fetched.text, fetched.media_type));
    if (manifest.is_index) return InvalidArgument("unsupported manifest type: a list in a list");
    BUOY_ASSIGN(Reference named, reference.WithDigest(entry.digest));
    BUOY_ASSIGN(auto item,
                Complete(repository, std::move(named), std::move(fetched), std::move(manifest)));
    // The list's word counts.
    if (entry.platform) item.platform = PlatformValue(*entry.platform);
    out.push_back(std::move(item));
  }
  return out;
}

Value DescriptorOf(const ImageManifest& image, bool docker_order) {
  Value out = Value::Object();
  out.Set("mediaType", image.manifest.media_type);
  const int64_t size = static_cast<int64_t>(image.fetched.text.size());
  if (docker_order) {
    out.Set("size", size).Set("digest", image.fetched.digest);
  } else {
    out.Set("digest", image.fetched.digest).Set("size", size);
  }
  return out.Set("platform", image.platform);
}

Result<Value> VerboseValue(const ImageManifest& image) {
  BUOY_ASSIGN(Value parsed, Value::Parse(image.fetched.text));
  Value out = Value::Object();
  out.Set("Ref", image.reference.String())
      .Set("Descriptor", DescriptorOf(image, false))
      .Set("Raw", Base64(image.fetched.text))
      .Set(image.manifest.media_type == distribution::kDockerManifest ? "SchemaV2Manifest"
                                                                      : "OCIManifest",
           parsed);
  return out;
}

Status PrintOne(Cli& cli, const ImageManifest& image, bool verbose) {
  if (!verbose) {
    cli.Out(IndentJson(image.fetched.text, "\t") + "\n");
    return Ok();
  }
  BUOY_ASSIGN(Value value, VerboseValue(image));
  cli.Out(IndentJson(value.Dump(true), "\t") + "\n");
  return Ok();
}

Status PrintList(Cli& cli, const std::vector<ImageManifest>& images, bool verbose) {
  ValueList list;
  for (const auto& image : images) {
    if (verbose) {
      BUOY_ASSIGN(Value value, VerboseValue(image));
      list.push_back(std::move(value));
    } else {
      list.push_back(DescriptorOf(image, true));
    }
  }
  if (verbose) {
    cli.Out(IndentJson(Value(std::move(list)).Dump(true), "\t") + "\n");
    return Ok();
  }
  const bool oci = !images.empty() && images[0].manifest.media_type == distribution::kOciManifest;
  Value out = Value::Object();
  out.Set("schemaVersion", 2)
      .Set("mediaType", oci ? distribution::kOciIndex : distribution::kDockerList)
      .Set("manifests", Value(std::move(list)));
  cli.Out(IndentJson(out.Dump(true), "   ") + "\n");
  return Ok();
}

Status Show(Cli& cli, Repository& repository, const Reference& reference, bool verbose) {
  BUOY_ASSIGN(auto fetched,
              repository.GetManifest(reference.has_digest() ? reference.digest() : reference.tag(),
                                     nullptr));
  BUOY_ASSIGN(auto manifest,
              distribution::ParseManifest(fetched.text, fetched.media_type, reference.String()));
  if (manifest.is_index) {
    BUOY_ASSIGN(auto images, FetchList(repository, reference, manifest));
    return PrintList(cli, images, verbose);
  }
  BUOY_ASSIGN(auto image, Complete(repository, reference, std::move(fetched), std::move(manifest)));
  return PrintOne(cli, image, verbose);
}

bool IsUnknown(const Error& error) {
  return error.kind() == ErrorKind::kNotFound || error.kind() == ErrorKind::kUnauthorized;
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

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(in.args[0]));
  reference = reference.WithDefaultTag();
  distribution::Settings settings;
  settings.proxies = ProxiesOfEnvironment();
  if (options.insecure) settings.insecure.push_back(reference.domain());
  BUOY_ASSIGN(auto auth, FindAuth(in.cli.config(), AuthKey(reference.domain())));
  const distribution::Credentials credentials{auth.username, auth.password, auth.identity_token,
                                              auth.registry_token};
  BUOY_ASSIGN(auto endpoints, distribution::EndpointsOf(settings, reference.domain(), false));
  for (const auto& endpoint : endpoints) {
    // Plain HTTP only when it is asked for.
    if (!endpoint.url.is_https() && !options.insecure) continue;
    bool spoke = false;
    auto repository =
        Repository::Open(endpoint, reference.path(), "pull", credentials, nullptr, &spoke);
    if (!repository.ok()) {
      if (repository.error().message().find("server gave HTTP response") == std::string::npos) {
        return std::move(repository).error();
      }
      continue;
    }
    Status shown = Show(in.cli, **repository, reference, options.verbose);
    if (shown.ok()) return 0;
    if (!IsUnknown(shown.error())) return std::move(shown).error();
  }
  return NotFound("no such manifest: " + reference.String());
}

}  // namespace

Command ManifestInspect() {
  auto options = std::make_shared<Options>();
  return {.use = "inspect [OPTIONS] MANIFEST",
          .brief = "Display an image manifest, or manifest list",
          .args = ExactArgs(1),
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
