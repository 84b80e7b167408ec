#include <algorithm>
#include <map>

#include "daemon/image/image_filter.h"
#include "daemon/image/image_service.h"

namespace buoy::image {

namespace {

types::ImageSummary Summarize(const Image& image, const std::vector<Reference>& references) {
  types::ImageSummary summary;
  summary.id = image.id;
  summary.parent_id = image.parent;
  summary.size = image.size;
  if (image.config->created) summary.created = image.config->created->seconds;
  summary.labels = image.config->config.labels;
  for (const auto& reference : references) {
    (reference.has_digest() ? summary.repo_digests : summary.repo_tags)
        .push_back(reference.FamiliarString());
  }
  return summary;
}

// How many images have each layer, by chain ID.
std::map<std::string, int> CountLayers(const std::vector<Image>& images) {
  std::map<std::string, int> counts;
  for (const auto& image : images) {
    for (const auto& layer : image.layers) ++counts[layer.chain_id];
  }
  return counts;
}

int64_t SharedSize(const Image& image, const std::map<std::string, int>& counts) {
  int64_t shared = 0;
  for (const auto& layer : image.layers) {
    if (counts.at(layer.chain_id) > 1) shared += layer.size;
  }
  return shared;
}

}  // namespace

Result<std::vector<types::ImageSummary>> ImageService::List(const api::ImageListOptions& options) {
  auto created = [this](const std::string& ref) -> Result<std::optional<gotime::Time>> {
    BUOY_ASSIGN(Image image, context_.store.Resolve(ref));
    return image.config->created;
  };
  BUOY_ASSIGN(auto filter, ListFilter::Parse(options.filters, created, gotime::Now()));
  const std::vector<Image> images = context_.store.List();
  const auto counts = options.shared_size ? CountLayers(images) : std::map<std::string, int>();
  std::vector<types::ImageSummary> summaries;
  for (const auto& image : images) {
    FilterSubject subject{image.config->created, &image.config->config.labels,
                          context_.store.References(image.id),
                          !context_.store.Children(image.id).empty()};
    BUOY_ASSIGN(auto shown, filter.Match(subject, options.all));
    if (!shown) continue;
    auto summary = Summarize(image, *shown);
    if (options.shared_size) summary.shared_size = SharedSize(image, counts);
    summary.containers = 0;
    if (context_.usage != nullptr) {
      summary.containers = static_cast<int64_t>(context_.usage->ContainersOfImage(image.id).size());
    }
    summaries.push_back(std::move(summary));
  }
  std::stable_sort(summaries.begin(), summaries.end(),
                   [](const auto& a, const auto& b) { return a.created > b.created; });
  return summaries;
}

Result<ImageService::Usage> ImageService::DiskUsage() {
  api::ImageListOptions options;
  options.all = true;
  options.shared_size = true;
  Usage usage;
  BUOY_ASSIGN(usage.images, List(options));
  std::map<std::string, int64_t> sizes;
  for (const auto& image : context_.store.List()) {
    for (const auto& layer : image.layers) sizes[layer.chain_id] = layer.size;
  }
  for (const auto& [chain_id, size] : sizes) usage.layers_size += size;
  return usage;
}

}  // namespace buoy::image
