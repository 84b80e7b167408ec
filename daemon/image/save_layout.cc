#include "daemon/image/save_layout.h"

#include "common/digest/digest.h"
#include "common/json/codec.h"

namespace buoy::image {

namespace {

using json::Json;
constexpr char kOciManifest[] = "application/vnd.oci.image.manifest.v1+json";

std::string BlobPath(const std::string& digest) { return "blobs/sha256/" + DigestHex(digest); }

Json Descriptor(const std::string& media_type, const std::string& digest, int64_t size) {
  Json descriptor;
  descriptor["mediaType"] = media_type;
  descriptor["digest"] = digest;
  descriptor["size"] = size;
  return descriptor;
}

// What a manifest says of itself.
std::string MediaTypeOf(const std::string& manifest) {
  auto parsed = json::Parse(manifest);
  if (!parsed.ok() || !parsed->is_object()) return kOciManifest;
  auto found = parsed->find("mediaType");
  return found != parsed->end() && found->is_string() ? found->get<std::string>() : kOciManifest;
}

}  // namespace

std::string EncodeManifest(const SavedImage& image) {
  Json manifest;
  manifest["schemaVersion"] = 2;
  manifest["mediaType"] = kOciManifest;
  manifest["config"] =
      Descriptor("application/vnd.oci.image.config.v1+json", image.image.id, image.config_size);
  manifest["layers"] = Json::array();
  for (const auto& layer : image.layers) {
    manifest["layers"].push_back(Descriptor(layer.media_type, layer.blob, layer.size));
  }
  return json::Dump(manifest);
}

std::string EncodeIndex(const std::vector<SavedImage>& images) {
  Json index;
  index["schemaVersion"] = 2;
  index["mediaType"] = "application/vnd.oci.image.index.v1+json";
  index["manifests"] = Json::array();
  for (const auto& image : images) {
    const Json plain = Descriptor(MediaTypeOf(image.manifest), Sha256Digest(image.manifest),
                                  static_cast<int64_t>(image.manifest.size()));
    for (const auto& tag : image.tags) {
      Json named = plain;
      named["annotations"]["io.containerd.image.name"] = tag.String();
      named["annotations"]["org.opencontainers.image.ref.name"] = tag.tag();
      index["manifests"].push_back(std::move(named));
    }
    if (image.tags.empty()) index["manifests"].push_back(plain);
  }
  return json::Dump(index);
}

std::string EncodeDockerManifest(const std::vector<SavedImage>& images) {
  Json list = Json::array();
  for (const auto& image : images) {
    Json item;
    item["Config"] = BlobPath(image.image.id);
    item["RepoTags"] = nullptr;
    for (const auto& tag : image.tags) item["RepoTags"].push_back(tag.FamiliarString());
    item["Layers"] = Json::array();
    Json sources = Json::object();
    for (size_t i = 0; i < image.layers.size(); ++i) {
      const auto& layer = image.layers[i];
      item["Layers"].push_back(BlobPath(layer.plain_blob));
      sources[image.image.layers[i].diff_id] = Descriptor(layer.media_type, layer.blob, layer.size);
    }
    if (!image.parent.empty()) item["Parent"] = image.parent;
    if (!sources.empty()) item["LayerSources"] = std::move(sources);
    list.push_back(std::move(item));
  }
  return json::Dump(list);
}

}  // namespace buoy::image
