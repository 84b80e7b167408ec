#include "daemon/image/load_archive.h"

#include <algorithm>

#include "common/archive/compression.h"
#include "common/archive/filters.h"
#include "common/archive/rooted.h"
#include "common/archive/tar_reader.h"
#include "common/digest/digest.h"
#include "common/json/codec.h"

namespace buoy::image {

namespace {

using json::Json;
constexpr size_t kMaxText = 16u << 20;
constexpr int kMaxIndexDepth = 4;
constexpr size_t kMaxManifests = 10'000;  // visits: an index may list the same one again and again
constexpr size_t kMaxEntries = 100'000;   // many images of 127 layers

std::string BlobPath(const std::string& digest) { return "blobs/sha256/" + DigestHex(digest); }

// A string member, "" when missing or something else.
std::string Text(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool IsIndex(const std::string& media_type) {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

Result<std::string> DescriptorDigest(const Json& descriptor) {
  std::string digest = Text(descriptor, "digest");
  BUOY_TRY(ValidateDigest(digest));
  return digest;
}

// The paths of a manifest's layers.
Result<std::vector<std::string>> LayerPaths(const Json& manifest) {
  std::vector<std::string> paths;
  auto layers = manifest.find("layers");
  if (layers == manifest.end() || !layers->is_array()) {
    return InvalidArgument("invalid archive: manifest without layers");
  }
  for (const auto& layer : *layers) {
    BUOY_ASSIGN(std::string digest, DescriptorDigest(layer));
    paths.push_back(BlobPath(digest));
  }
  return paths;
}

std::string NameOf(const Json& descriptor) {
  if (!descriptor.is_object()) return "";
  auto annotations = descriptor.find("annotations");
  if (annotations == descriptor.end()) return "";
  std::string name = Text(*annotations, "io.containerd.image.name");
  if (!name.empty()) return name;
  name = Text(*annotations, "org.opencontainers.image.ref.name");
  // A bare tag names nothing.
  return name.find_first_of(":/") == std::string::npos ? "" : name;
}

// A manifest or an index that an index lists.
struct PendingManifest {
  Json descriptor;
  std::string name;
  int depth;
  bool only;  // the only one of its index
};

// Adds what an index lists, so that the first is at the end.
Status PushIndex(const std::string& text, const std::string& name, int depth,
                 std::vector<PendingManifest>* pending) {
  BUOY_ASSIGN_CONTEXT(Json parsed, json::Parse(text), "invalid archive: index");
  if (!parsed.is_object() || !parsed.contains("manifests") || !parsed["manifests"].is_array()) {
    return InvalidArgument("invalid archive: index without manifests");
  }
  const auto& list = parsed["manifests"];
  for (auto it = list.rbegin(); it != list.rend(); ++it) {
    std::string own = NameOf(*it);
    pending->push_back({*it, own.empty() ? name : own, depth, list.size() == 1});
  }
  return Ok();
}

bool IsForPlatform(const PendingManifest& item, const Platform& wanted) {
  auto platform = item.descriptor.find("platform");
  if (platform == item.descriptor.end() || (item.depth == 0 && item.only)) return true;
  return PlatformMatches(
      wanted, {Text(*platform, "os"), Text(*platform, "architecture"), Text(*platform, "variant")});
}

// nullopt: no image, but some other artifact.
Result<std::optional<ArchivedImage>> ParseManifest(const std::string& text) {
  BUOY_ASSIGN_CONTEXT(Json manifest, json::Parse(text), "invalid archive: manifest");
  if (!manifest.is_object() || !manifest.contains("config") || !manifest.contains("layers")) {
    return std::optional<ArchivedImage>();
  }
  ArchivedImage image;
  BUOY_ASSIGN(std::string config, DescriptorDigest(manifest["config"]));
  image.config = BlobPath(config);
  BUOY_ASSIGN(image.layers, LayerPaths(manifest));
  return std::optional(std::move(image));
}

}  // namespace

Result<LoadArchive> LoadArchive::Read(ByteSource& tar, BlobStore& blobs,
                                      const std::optional<Platform>& platform) {
  LoadArchive archive;
  if (auto read = archive.ReadTar(tar, blobs); !read.ok()) {
    return NamedForRoom(std::move(read).error());
  }
  const auto docker = archive.texts_.find("manifest.json"),
             index = archive.texts_.find("index.json");
  if (docker != archive.texts_.end()) {
    BUOY_TRY(archive.ParseDockerManifest(docker->second));
    if (index != archive.texts_.end()) BUOY_TRY(archive.AddManifestDigests(index->second));
  } else if (index != archive.texts_.end()) {
    BUOY_TRY(archive.ParseIndex(index->second, platform));
  } else {
    return InvalidArgument("invalid archive: does not contain a manifest.json");
  }
  return archive;
}

Status LoadArchive::ReadTar(ByteSource& tar, BlobStore& blobs) {
  BUOY_ASSIGN(auto room, blobs.Free());
  BUOY_ASSIGN(auto plain, NewDecompressor(tar));
  LimitedSource limited(*plain, room.bytes);
  BUOY_ASSIGN(auto reader, TarReader::Open(limited));
  for (size_t entries = 0;; ++entries) {
    if (entries == kMaxEntries) return InvalidArgument("invalid archive: too many files");
    TarEntry entry;
    BUOY_ASSIGN(bool more, reader->Next(&entry));
    if (!more) return Ok();
    std::string path;
    if (!CleanRelative(entry.path, &path)) {
      return InvalidArgument("\"" + entry.path + "\" is outside of \"/\"");
    }
    if (entry.type == TarType::kSymlink || entry.type == TarType::kHardlink) {
      std::string target = entry.link_target;
      if (entry.type == TarType::kSymlink && !target.starts_with('/')) {
        target = std::string(SplitPath(path).first) + "/" + target;
      }
      if (std::string clean; CleanRelative(target, &clean)) links_[path] = clean;
    } else if (entry.type == TarType::kFile && (path == "manifest.json" || path == "index.json")) {
      BUOY_ASSIGN(texts_[path], ReadAll(reader->EntryData(), kMaxText));
    } else if (entry.type == TarType::kFile) {
      BUOY_ASSIGN(auto writer, blobs.NewWriter());
      BUOY_TRY(CopyStream(reader->EntryData(), *writer));
      writer->Seal();
      members_[path] = std::move(writer);
    }
  }
}

Result<BlobWriter*> LoadArchive::Find(const std::string& path) const {
  std::string at;
  if (!CleanRelative(path, &at)) return InvalidArgument("invalid archive: bad path " + path);
  for (int hops = 0; hops < 16; ++hops) {
    if (auto found = members_.find(at); found != members_.end()) return found->second.get();
    auto link = links_.find(at);
    if (link == links_.end()) break;
    at = link->second;
  }
  return NotFound("invalid archive: open " + path + ": no such file or directory")
      .WithKind(ErrorKind::kInvalidArgument);
}

Result<std::string> LoadArchive::ReadMember(const std::string& path) const {
  BUOY_ASSIGN(BlobWriter * writer, Find(path));
  BUOY_ASSIGN(Fd fd, writer->OpenForReading());
  FdSource source(fd.get());
  return ReadAll(source, kMaxText);
}

Result<std::string> LoadArchive::Keep(const std::string& path) {
  if (auto kept = kept_.find(path); kept != kept_.end()) return kept->second;
  BUOY_ASSIGN(BlobWriter * writer, Find(path));
  // A member that claims a digest in its name must have it.
  std::string expected;
  if (path.starts_with("blobs/sha256/")) {
    expected = HexDigest(path.substr(sizeof "blobs/sha256/" - 1));
    if (writer->Digest() != expected) {
      return InvalidArgument("invalid archive: " + path + " has digest " + writer->Digest());
    }
  }
  // Another path may have kept the same file, whose staged copy is gone then.
  BUOY_ASSIGN(std::string digest, writer->Commit());
  kept_[path] = digest;
  return digest;
}

Status LoadArchive::ParseDockerManifest(const std::string& text) {
  auto parsed = json::Parse(text);
  if (!parsed.ok()) {
    return std::move(parsed).error().Context("invalid archive: failed to decode manifest.json");
  }
  if (parsed->is_null()) {
    return InvalidArgument("invalid manifest, manifest cannot be null (but can be [])");
  }
  if (!parsed->is_array()) {
    return InvalidArgument("invalid archive: failed to decode manifest.json: not an array");
  }
  for (const auto& item : *parsed) {
    ArchivedImage image;
    image.config = Text(item, "Config");
    image.parent = Text(item, "Parent");
    for (const char* key : {"Layers", "RepoTags"}) {
      if (!item.is_object() || !item.contains(key) || !item[key].is_array()) continue;
      for (const auto& value : item[key]) {
        if (!value.is_string()) continue;
        (key[0] == 'L' ? image.layers : image.names).push_back(value.get<std::string>());
      }
    }
    images_.push_back(std::move(image));
  }
  return Ok();
}

Status LoadArchive::AddManifestDigests(const std::string& index) {
  BUOY_ASSIGN_CONTEXT(Json parsed, json::Parse(index), "invalid archive: index.json");
  if (!parsed.is_object() || !parsed.contains("manifests") || !parsed["manifests"].is_array()) {
    return Ok();
  }
  for (const auto& descriptor : parsed["manifests"]) {
    auto digest = DescriptorDigest(descriptor);
    if (!digest.ok()) continue;
    auto text = ReadMember(BlobPath(*digest));
    auto manifest = text.ok() ? json::Parse(*text) : Result<Json>(text.error());
    if (!manifest.ok() || !manifest->is_object() || !manifest->contains("config")) continue;
    auto config = DescriptorDigest((*manifest)["config"]);
    auto layers = LayerPaths(*manifest);
    if (!config.ok() || !layers.ok()) continue;
    auto present = [this](const std::string& path) { return Find(path).ok(); };
    if (!std::all_of(layers->begin(), layers->end(), present)) continue;
    for (auto& image : images_) {
      if (image.config != BlobPath(*config) || image.layers.size() != layers->size()) continue;
      image.layers = *layers;
      image.manifest = *digest;
    }
  }
  return Ok();
}

Status LoadArchive::ParseIndex(const std::string& text, const std::optional<Platform>& platform) {
  const Platform wanted = platform.value_or(HostPlatform());
  std::vector<PendingManifest> pending;
  BUOY_TRY(PushIndex(text, "", 0, &pending));
  std::map<std::string, size_t> known;  // manifest -> image
  size_t visited = 0;
  while (!pending.empty()) {
    if (++visited > kMaxManifests) return InvalidArgument("invalid archive: too many manifests");
    const PendingManifest next = std::move(pending.back());
    pending.pop_back();
    BUOY_ASSIGN(std::string digest, DescriptorDigest(next.descriptor));
    if (auto seen = known.find(digest); seen != known.end()) {
      if (!next.name.empty()) images_[seen->second].names.push_back(next.name);
      continue;
    }
    if (!IsForPlatform(next, wanted)) continue;
    BUOY_ASSIGN(std::string body, ReadMember(BlobPath(digest)));
    if (IsIndex(Text(next.descriptor, "mediaType"))) {
      if (next.depth >= kMaxIndexDepth) return InvalidArgument("invalid archive: nested indexes");
      BUOY_TRY(PushIndex(body, next.name, next.depth + 1, &pending));
      continue;
    }
    BUOY_ASSIGN(auto image, ParseManifest(body));
    if (!image) continue;  // some other artifact
    image->manifest = digest;
    if (!next.name.empty()) image->names.push_back(next.name);
    known[digest] = images_.size();
    images_.push_back(*std::move(image));
  }
  return Ok();
}

}  // namespace buoy::image
