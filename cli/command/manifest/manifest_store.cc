#include "cli/command/manifest/manifest_store.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "common/unix/file.h"

namespace buoy::cli {
namespace {

std::string FileName(const Reference& reference) {
  std::string name = reference.String();
  std::replace(name.begin(), name.end(), ':', '-');
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

}  // namespace

std::string ManifestStore::ListPath(const Reference& list) const {
  return root_ + "/" + FileName(list);
}

Result<ImageManifest> ManifestStore::Read(const std::string& path, const Reference& named) const {
  auto text = ReadFile(path);
  if (!text.ok() && text.error().sys_errno() == ENOENT) {
    return NotFound("No such manifest: " + named.String());
  }
  BUOY_TRY(text);
  BUOY_ASSIGN(Value json, Value::Parse(*text));
  return ImageManifest(std::move(json));
}

Result<ImageManifest> ManifestStore::Get(const Reference& list, const Reference& image) const {
  return Read(ListPath(list) + "/" + FileName(image), image);
}

Result<std::vector<ImageManifest>> ManifestStore::GetList(const Reference& list) const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(ListPath(list), error)) {
    names.push_back(entry.path().filename().string());
  }
  if (names.empty()) return NotFound("No such manifest: " + list.String());
  std::sort(names.begin(), names.end());
  std::vector<ImageManifest> images;
  for (const auto& name : names) {
    BUOY_ASSIGN(auto image, Read(ListPath(list) + "/" + name, list));
    images.push_back(std::move(image));
  }
  return images;
}

Status ManifestStore::Save(const Reference& list, const Reference& image,
                           const ImageManifest& manifest) const {
  BUOY_TRY(MakeDirs(ListPath(list), 0755));
  return WriteFileAtomic(ListPath(list) + "/" + FileName(image), manifest.json().Dump(true), 0644);
}

Status ManifestStore::Remove(const Reference& list) const { return RemoveAll(ListPath(list)); }

}  // namespace buoy::cli
