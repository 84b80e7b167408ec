#include "common/gotime/duration.h"
#include "daemon/image/image_service.h"

namespace buoy::image {

namespace {

std::string FormatNs(int64_t ns) {
  if (ns == 0) return gotime::FormatRfc3339Nano({});
  return gotime::FormatRfc3339Nano(
      {ns / gotime::kSecond, static_cast<int32_t>(ns % gotime::kSecond)});
}

}  // namespace

Result<types::ImageInspect> ImageService::Inspect(const std::string& ref) {
  BUOY_ASSIGN(Image image, context_.store.Resolve(ref));
  const ImageConfig& config = *image.config;
  types::ImageInspect out;
  out.id = image.id;
  for (const auto& reference : context_.store.References(image.id)) {
    (reference.has_digest() ? out.repo_digests : out.repo_tags)
        .push_back(reference.FamiliarString());
  }
  out.parent = image.parent;
  out.comment = config.comment;
  if (out.comment.empty() && !config.history.empty()) out.comment = config.history.back().comment;
  if (config.created) out.created = gotime::FormatRfc3339Nano(*config.created);
  out.docker_version = config.docker_version;
  out.author = config.author;
  out.config = config.config;
  out.architecture = config.architecture;
  out.variant = config.variant;
  out.os = config.OperatingSystem();
  out.os_version = config.os_version;
  out.size = image.size;
  out.graph_driver.name = context_.storage.name();
  if (!image.layers.empty()) {
    BUOY_ASSIGN(auto data, context_.storage.LayerData(image.chain_id()));
    if (!data.empty()) out.graph_driver.data = data;
  }
  out.root_fs.layers = config.diff_ids;
  out.metadata.last_tag_time = FormatNs(image.last_tag_ns);
  return out;
}

}  // namespace buoy::image
