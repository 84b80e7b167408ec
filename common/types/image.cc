#include "common/types/image.h"

#include "common/types/container_config_json.h"

namespace buoy::types {

template <class V>
void Fields(V& v, ImageRootFs& s) {
  v("Type", s.type, json::kOmitEmpty);
  v("Layers", s.layers, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ImageMetadata& s) {
  v("LastTagTime", s.last_tag_time);
}
template <class V>
void Fields(V& v, ImageInspect& s) {
  v("Id", s.id);
  v("RepoTags", s.repo_tags);
  v("RepoDigests", s.repo_digests);
  v("Parent", s.parent);
  v("Comment", s.comment);
  v("Created", s.created, json::kOmitEmpty);
  v("DockerVersion", s.docker_version);
  v("Author", s.author);
  v("Config", s.config);
  v("Architecture", s.architecture);
  v("Variant", s.variant, json::kOmitEmpty);
  v("Os", s.os);
  v("OsVersion", s.os_version, json::kOmitEmpty);
  v("Size", s.size);
  v("GraphDriver", s.graph_driver);
  v("RootFS", s.root_fs);
  v("Metadata", s.metadata);
}
template <class V>
void Fields(V& v, ImageSummary& s) {
  v("Containers", s.containers);
  v("Created", s.created);
  v("Id", s.id);
  v("Labels", s.labels);
  v("ParentId", s.parent_id);
  v("RepoDigests", s.repo_digests);
  v("RepoTags", s.repo_tags);
  v("SharedSize", s.shared_size);
  v("Size", s.size);
}
template <class V>
void Fields(V& v, ImageHistoryItem& s) {
  v("Comment", s.comment);
  v("Created", s.created);
  v("CreatedBy", s.created_by);
  v("Id", s.id);
  v("Size", s.size);
  v("Tags", s.tags);
}
template <class V>
void Fields(V& v, ImageDeleteItem& s) {
  v("Untagged", s.untagged, json::kOmitEmpty);
  v("Deleted", s.deleted, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ImagesPruneReport& s) {
  v("ImagesDeleted", s.images_deleted);
  v("SpaceReclaimed", s.space_reclaimed);
}
template <class V>
void Fields(V& v, ImageSearchResult& s) {
  v("star_count", s.star_count);
  v("is_official", s.is_official);
  v("name", s.name);
  v("is_automated", s.is_automated);
  v("description", s.description);
}
template <class V>
void Fields(V& v, IdResponse& s) {
  v("Id", s.id);
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::ImageInspect)
BUOY_JSON_TYPE(types::ImageSummary)
BUOY_JSON_TYPE(types::ImageHistoryItem)
BUOY_JSON_TYPE(types::ImageDeleteItem)
BUOY_JSON_TYPE(types::ImagesPruneReport)
BUOY_JSON_TYPE(types::ImageSearchResult)
BUOY_JSON_TYPE(types::IdResponse)

}  // namespace buoy
