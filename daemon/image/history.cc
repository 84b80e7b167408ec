#include <algorithm>

#include "daemon/image/image_service.h"

namespace buoy::image {

Result<std::vector<types::ImageHistoryItem>> ImageService::History(const std::string& ref) {
  BUOY_ASSIGN(Image image, context_.store.Resolve(ref));
  std::vector<types::ImageHistoryItem> items;
  size_t layer = 0;
  for (const auto& entry : image.config->history) {
    types::ImageHistoryItem item;
    item.id = "<missing>";
    item.created = entry.created ? entry.created->seconds : gotime::Time::kZeroSeconds;
    item.created_by = entry.created_by;
    item.comment = entry.comment;
    if (!entry.empty_layer && layer < image.layers.size()) item.size = image.layers[layer++].size;
    items.push_back(std::move(item));
  }
  std::reverse(items.begin(), items.end());
  // The newest entries belong to the image and to the images it was built on, as far as known.
  std::string id = image.id;
  for (auto& item : items) {
    item.id = id;
    for (const auto& reference : context_.store.References(id)) {
      if (!reference.has_digest()) item.tags.push_back(reference.FamiliarString());
    }
    auto at = context_.store.Get(id);
    if (!at.ok() || at->parent.empty()) break;
    id = at->parent;
  }
  return items;
}

}  // namespace buoy::image
