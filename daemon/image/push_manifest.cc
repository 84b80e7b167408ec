#include "daemon/image/push_manifest.h"

#include <algorithm>

#include "api/distribution/manifest.h"
#include "common/archive/compression.h"
#include "common/digest/digest.h"
#include "common/json/codec.h"

namespace buoy::image {

namespace {

using json::Json;

constexpr char kOciConfig[] = "application/vnd.oci.image.config.v1+json";

bool IsCompressed(const std::string& media_type) {
  return media_type.ends_with("gzip") || media_type.ends_with("zstd");
}

bool IsKnownToRegistry(const Context& context, const Image& image) {
  const auto references = context.store.References(image.id);
  return std::any_of(references.begin(), references.end(), [&](const Reference& reference) {
    return reference.digest() == image.manifest;
  });
}

// The blob by gzip, in the store; its digest.
Result<std::string> Compress(const Context& context, const std::string& blob) {
  BUOY_ASSIGN(Fd fd, context.blobs.OpenBlob(blob));
  FdSource file(fd.get());
  BUOY_ASSIGN(auto writer, context.blobs.NewWriter());
  auto gzip = NewGzipSink(*writer);
  BUOY_TRY(CopyStream(file, *gzip));
  BUOY_TRY(gzip->Finish());
  return writer->Commit();
}

Json Describe(const std::string& media_type, int64_t size, const std::string& digest) {
  Json descriptor;
  descriptor["mediaType"] = media_type;
  descriptor["size"] = size;
  descriptor["digest"] = digest;
  return descriptor;
}

// In the form in which Docker writes it: indented by three.
Result<std::string> Encode(const Context& context, const Image& image, bool oci) {
  Json manifest;
  manifest["schemaVersion"] = 2;
  manifest["mediaType"] = oci ? distribution::kOciManifest : distribution::kDockerManifest;
  BUOY_ASSIGN(int64_t config_size, context.blobs.Size(image.id));
  manifest["config"] =
      Describe(oci ? kOciConfig : distribution::kDockerConfig, config_size, image.id);
  manifest["layers"] = Json::array();
  for (const auto& layer : image.layers) {
    BUOY_ASSIGN(int64_t size, context.blobs.Size(layer.blob));
    manifest["layers"].push_back(
        Describe(oci ? layer.media_type : distribution::kDockerLayer, size, layer.blob));
  }
  return manifest.dump(3);
}

Status MakeManifest(const Context& context, Image* image) {
  bool oci = false;
  for (auto& layer : image->layers) {
    if (!IsCompressed(layer.media_type)) {
      BUOY_ASSIGN(layer.blob, Compress(context, layer.blob));
      layer.media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
    }
    oci = oci || layer.media_type.ends_with("zstd");
  }
  BUOY_ASSIGN(std::string text, Encode(context, *image, oci));
  BUOY_ASSIGN(image->manifest, context.blobs.Put(text));
  return context.store.Add(*image);
}

}  // namespace

Result<PushManifest> PrepareManifest(const Context& context, Image image) {
  const bool compressed =
      std::all_of(image.layers.begin(), image.layers.end(),
                  [](const ImageLayer& layer) { return IsCompressed(layer.media_type); });
  const bool as_it_came =
      !image.manifest.empty() && (compressed || IsKnownToRegistry(context, image));
  if (!as_it_came) BUOY_TRY(MakeManifest(context, &image));
  PushManifest out;
  BUOY_ASSIGN(out.text, context.blobs.Read(image.manifest));
  out.digest = image.manifest;
  BUOY_ASSIGN(auto manifest, distribution::ParseManifest(out.text, ""));
  out.media_type = manifest.media_type;
  if (manifest.is_index || manifest.config.digest != image.id ||
      manifest.layers.size() != image.layers.size()) {
    return Internal("the manifest of image " + image.id + " is another image's");
  }
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    const auto& blob = manifest.layers[i];
    BUOY_ASSIGN(int64_t size, context.blobs.Size(blob.digest));
    out.layers.push_back({image.layers[i].diff_id, blob.digest, size});
  }
  return out;
}

}  // namespace buoy::image
