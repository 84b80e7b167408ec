#include "daemon/image/image_config.h"

#include "common/digest/digest.h"
#include "common/json/codec.h"
#include "common/types/container_config_json.h"
#include "daemon/storage/storage_driver.h"

namespace buoy::image {

namespace {

using json::Json;

// The JSON shape; times as text.
struct HistoryJson {
  std::optional<std::string> created;
  std::string created_by, author, comment;
  bool empty_layer = false;
};
struct RootFsJson {
  std::string type;
  std::vector<std::string> diff_ids;
};
struct ConfigJson {
  std::string architecture, author, comment, container, docker_version, os, os_version, variant;
  std::optional<types::ContainerConfig> config;
  std::optional<std::string> created;
  std::vector<HistoryJson> history;
  std::optional<RootFsJson> rootfs;
};

template <class V>
void Fields(V& v, HistoryJson& s) {
  v.Type("History");
  v("created", s.created, json::kOmitEmpty);
  v("created_by", s.created_by, json::kOmitEmpty);
  v("author", s.author, json::kOmitEmpty);
  v("comment", s.comment, json::kOmitEmpty);
  v("empty_layer", s.empty_layer, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, RootFsJson& s) {
  v.Type("RootFS");
  v("type", s.type);
  v("diff_ids", s.diff_ids, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ConfigJson& s) {  // in the order of the sorted keys
  v.Type("Image");
  v("architecture", s.architecture, json::kOmitEmpty);
  v("author", s.author, json::kOmitEmpty);
  v("comment", s.comment, json::kOmitEmpty);
  v("config", s.config, json::kOmitEmpty);
  v("container", s.container, json::kOmitEmpty);
  v("created", s.created);
  v("docker_version", s.docker_version, json::kOmitEmpty);
  v("history", s.history, json::kOmitEmpty);
  v("os", s.os, json::kOmitEmpty);
  v("os.version", s.os_version, json::kOmitEmpty);
  v("rootfs", s.rootfs, json::kOmitEmpty);
  v("variant", s.variant, json::kOmitEmpty);
}

Status ParseTime(const std::optional<std::string>& text, std::optional<gotime::Time>* time) {
  if (!text) return Ok();
  BUOY_ASSIGN(*time, gotime::ParseRfc3339(*text));
  return Ok();
}

std::optional<std::string> FormatTime(const std::optional<gotime::Time>& time) {
  if (!time) return std::nullopt;
  return gotime::FormatRfc3339Nano(*time);
}

Status CheckConfig(const ImageConfig& config) {
  for (const auto& diff_id : config.diff_ids) BUOY_TRY(ValidateDigest(diff_id));
  size_t layers = 0;
  for (const auto& entry : config.history) layers += entry.empty_layer ? 0 : 1;
  if (layers > config.diff_ids.size()) {
    return InvalidArgument("too many non-empty layers in History section");
  }
  return Ok();
}

}  // namespace

std::vector<std::string> ImageConfig::ChainIds() const {
  std::vector<std::string> ids;
  for (const auto& diff_id : diff_ids) {
    ids.push_back(storage::ChainId(ids.empty() ? "" : ids.back(), diff_id));
  }
  return ids;
}

Result<ImageConfig> ParseImageConfig(std::string_view text) {
  BUOY_ASSIGN(auto raw, FromJson<ConfigJson>(text));
  if (!raw.rootfs) return InvalidArgument("invalid image JSON, no RootFS key");
  ImageConfig config;
  BUOY_TRY(ParseTime(raw.created, &config.created));
  config.author = raw.author;
  config.comment = raw.comment;
  config.docker_version = raw.docker_version;
  config.architecture = raw.architecture;
  config.variant = raw.variant;
  config.os = raw.os;
  config.os_version = raw.os_version;
  config.container = raw.container;
  config.has_config = raw.config.has_value();
  if (raw.config) config.config = *std::move(raw.config);
  config.rootfs_type = raw.rootfs->type;
  config.diff_ids = std::move(raw.rootfs->diff_ids);
  for (auto& item : raw.history) {
    HistoryEntry entry;
    BUOY_TRY(ParseTime(item.created, &entry.created));
    entry.created_by = std::move(item.created_by);
    entry.author = std::move(item.author);
    entry.comment = std::move(item.comment);
    entry.empty_layer = item.empty_layer;
    config.history.push_back(std::move(entry));
  }
  BUOY_TRY(CheckConfig(config));
  return config;
}

std::string EncodeImageConfig(const ImageConfig& config) {
  ConfigJson raw;
  raw.architecture = config.architecture;
  raw.author = config.author;
  raw.comment = config.comment;
  raw.container = config.container;
  raw.docker_version = config.docker_version;
  raw.os = config.os;
  raw.os_version = config.os_version;
  raw.variant = config.variant;
  if (config.has_config) raw.config = config.config;
  raw.created = FormatTime(config.created);
  for (const auto& entry : config.history) {
    raw.history.push_back({FormatTime(entry.created), entry.created_by, entry.author, entry.comment,
                           entry.empty_layer});
  }
  raw.rootfs = RootFsJson{"layers", config.diff_ids};
  return ToJson(raw);
}

}  // namespace buoy::image
