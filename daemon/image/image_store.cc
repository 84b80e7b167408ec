#include "daemon/image/image_store.h"

#include <algorithm>

#include "common/digest/digest.h"

namespace buoy::image {

namespace {

// A reference with both tag and digest stands for the digest, one with neither for "latest".
Reference Exact(const Reference& reference) {
  if (!reference.has_digest()) return reference.WithDefaultTag();
  return *reference.Trimmed().WithDigest(reference.digest());
}

const char* TableOf(const Reference& exact) {
  return exact.has_digest() ? "image_digests" : "image_tags";
}

Error NoSuchImage(const std::string& name) { return NotFound("No such image: " + name); }

}  // namespace

Status ImageStore::Add(const Image& image) {
  return db_.Transaction([&]() -> Status {
    int64_t created = image.config->created ? image.config->created->seconds * 1'000'000'000 +
                                                  image.config->created->nanoseconds
                                            : 0;
    if (image.config->created && image.config->created->IsZero()) created = 0;
    BUOY_TRY(db_.Prepare("INSERT INTO images(id, created_ns, size, parent, manifest) "
                         "VALUES(?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
                         "manifest = CASE WHEN excluded.manifest = '' THEN manifest "
                         "ELSE excluded.manifest END")
                 .Bind(image.id)
                 .Bind(created)
                 .Bind(image.size)
                 .Bind(image.parent)
                 .Bind(image.manifest)
                 .Run());
    std::string parent;
    int position = 0;
    for (const auto& layer : image.layers) {
      BUOY_TRY(db_.Prepare("INSERT INTO layers(chain_id, diff_id, parent, size) VALUES(?, ?, ?, ?) "
                           "ON CONFLICT(chain_id) DO NOTHING")
                   .Bind(layer.chain_id)
                   .Bind(layer.diff_id)
                   .Bind(parent)
                   .Bind(layer.size)
                   .Run());
      BUOY_TRY(
          db_.Prepare("INSERT INTO image_layers(image_id, position, chain_id, blob, media_type)"
                      " VALUES(?, ?, ?, ?, ?) ON CONFLICT(image_id, position) DO UPDATE SET "
                      "blob = excluded.blob, media_type = excluded.media_type")
              .Bind(image.id)
              .Bind(position++)
              .Bind(layer.chain_id)
              .Bind(layer.blob)
              .Bind(layer.media_type)
              .Run());
      parent = layer.chain_id;
    }
    return Ok();
  });
}

Result<std::shared_ptr<const ImageConfig>> ImageStore::Config(const std::string& id) const {
  std::lock_guard lock(cache_mutex_);
  auto& cached = cache_[id];
  if (cached) return cached;
  BUOY_ASSIGN(std::string text, blobs_.Read(id));
  BUOY_ASSIGN(ImageConfig config, ParseImageConfig(text));
  cached = std::make_shared<const ImageConfig>(std::move(config));
  return cached;
}

std::vector<ImageLayer> ImageStore::Layers(const std::string& id) const {
  std::vector<ImageLayer> layers;
  auto rows = db_.Prepare(
      "SELECT l.chain_id, l.diff_id, l.size, i.blob, i.media_type "
      "FROM image_layers i JOIN layers l USING (chain_id) "
      "WHERE i.image_id = ? ORDER BY i.position");
  rows.Bind(id);
  while (rows.Step().value_or(false)) {
    layers.push_back({rows.Text(0), rows.Text(1), rows.Int(2), rows.Text(3), rows.Text(4)});
  }
  return layers;
}

Result<Image> ImageStore::Get(const std::string& id) const {
  Image image;
  {
    auto row = db_.Prepare("SELECT size, parent, manifest, last_tag_ns FROM images WHERE id = ?");
    row.Bind(id);
    BUOY_ASSIGN(bool found, row.Step());
    if (!found) return NoSuchImage(id);
    image.id = id;
    image.size = row.Int(0);
    image.parent = row.Text(1);
    image.manifest = row.Text(2);
    image.last_tag_ns = row.Int(3);
  }
  image.layers = Layers(id);
  BUOY_ASSIGN_CONTEXT(image.config, Config(id), "image " + id);
  return image;
}

std::vector<std::string> ImageStore::Ids() const {
  std::vector<std::string> ids;
  auto rows = db_.Prepare("SELECT id FROM images ORDER BY created_ns DESC, id");
  while (rows.Step().value_or(false)) ids.push_back(rows.Text(0));
  return ids;
}

std::vector<Image> ImageStore::List() const {
  std::vector<Image> images;
  for (const auto& id : Ids()) {
    if (auto image = Get(id); image.ok()) images.push_back(*std::move(image));
  }
  return images;
}

std::vector<std::string> ImageStore::Children(const std::string& id) const {
  std::vector<std::string> ids;
  auto rows = db_.Prepare("SELECT id FROM images WHERE parent = ? ORDER BY id");
  rows.Bind(id);
  while (rows.Step().value_or(false)) ids.push_back(rows.Text(0));
  return ids;
}

Status ImageStore::Delete(const std::string& id) {
  BUOY_TRY(db_.Prepare("DELETE FROM images WHERE id = ?").Bind(id).Run());
  std::lock_guard lock(cache_mutex_);
  cache_.erase(id);
  return Ok();
}

Status ImageStore::SetParent(const std::string& id, const std::string& parent) {
  return db_
      .Prepare(
          "UPDATE images SET parent = ?1 WHERE id = ?2 AND "
          "EXISTS (SELECT 1 FROM images WHERE id = ?1)")
      .Bind(parent)
      .Bind(id)
      .Run();
}

bool ImageStore::IsLayerBlob(const std::string& chain_id, const std::string& blob) const {
  auto row = db_.Prepare("SELECT 1 FROM image_layers WHERE chain_id = ? AND blob = ?");
  row.Bind(chain_id).Bind(blob);
  return row.Step().value_or(false);
}

std::vector<Reference> ImageStore::RepositoriesWithBlob(const std::string& blob) const {
  std::vector<Reference> repositories;
  auto rows = db_.Prepare(
      "SELECT DISTINCT d.reference FROM image_digests d JOIN image_layers l "
      "ON l.image_id = d.image_id WHERE l.blob = ?");
  rows.Bind(blob);
  while (rows.Step().value_or(false)) {
    auto parsed = Reference::ParseNormalized(rows.Text(0));
    if (parsed.ok()) repositories.push_back(parsed->Trimmed());
  }
  return repositories;
}

std::vector<Reference> ImageStore::References(const std::string& id) const {
  std::vector<Reference> references;
  auto rows = db_.Prepare(
      "SELECT reference, 0 AS kind FROM image_tags WHERE image_id = ?1 UNION ALL "
      "SELECT reference, 1 FROM image_digests WHERE image_id = ?1 "
      "ORDER BY kind, reference");
  rows.Bind(id);
  while (rows.Step().value_or(false)) {
    auto parsed = Reference::ParseNormalized(rows.Text(0));
    if (parsed.ok()) references.push_back(*std::move(parsed));
  }
  return references;
}

std::optional<std::string> ImageStore::Find(const Reference& reference) const {
  const Reference exact = Exact(reference);
  auto row =
      db_.Prepare(std::string("SELECT image_id FROM ") + TableOf(exact) + " WHERE reference = ?");
  row.Bind(exact.String());
  if (!row.Step().value_or(false)) return std::nullopt;
  return row.Text(0);
}

std::vector<std::pair<Reference, std::string>> ImageStore::FindByName(const Reference& name) const {
  std::vector<std::pair<Reference, std::string>> found;
  auto rows = db_.Prepare(
      "SELECT reference, image_id, 0 AS kind FROM image_tags UNION ALL "
      "SELECT reference, image_id, 1 FROM image_digests "
      "ORDER BY kind, reference");
  while (rows.Step().value_or(false)) {
    auto parsed = Reference::ParseNormalized(rows.Text(0));
    if (parsed.ok() && parsed->Name() == name.Name()) {
      found.emplace_back(*std::move(parsed), rows.Text(1));
    }
  }
  return found;
}

Result<std::optional<std::string>> ImageStore::SetReference(const Reference& reference,
                                                            const std::string& id) {
  const Reference exact = Exact(reference);
  std::optional<std::string> before;
  BUOY_TRY(db_.Transaction([&]() -> Status {
    before = Find(exact);
    return db_
        .Prepare(std::string("INSERT INTO ") + TableOf(exact) +
                 "(reference, image_id) VALUES(?, ?) ON CONFLICT(reference) DO UPDATE "
                 "SET image_id = excluded.image_id")
        .Bind(exact.String())
        .Bind(id)
        .Run();
  }));
  if (before == id) before.reset();
  return before;
}

Status ImageStore::RemoveReference(const Reference& reference) {
  const Reference exact = Exact(reference);
  return db_.Prepare(std::string("DELETE FROM ") + TableOf(exact) + " WHERE reference = ?")
      .Bind(exact.String())
      .Run();
}

std::string ImageStore::Manifest(const std::string& id) const {
  auto row = db_.Prepare("SELECT manifest FROM images WHERE id = ?");
  row.Bind(id);
  return row.Step().value_or(false) ? row.Text(0) : "";
}

Status ImageStore::ForgetManifest(const std::string& id) {
  return db_.Prepare("UPDATE images SET manifest = '' WHERE id = ?").Bind(id).Run();
}

Result<std::vector<std::string>> ImageStore::CheckDatabase() const {
  std::vector<std::string> found;
  {
    auto rows = db_.Prepare("PRAGMA integrity_check");
    for (;;) {
      BUOY_ASSIGN(bool more, rows.Step());
      if (!more) break;
      if (rows.Text(0) != "ok") found.push_back(rows.Text(0));
    }
  }
  auto rows = db_.Prepare("PRAGMA foreign_key_check");
  for (;;) {
    BUOY_ASSIGN(bool more, rows.Step());
    if (!more) break;
    found.push_back("row " + rows.Text(1) + " of " + rows.Text(0) + " refers to no " +
                    rows.Text(2));
  }
  return found;
}

Status ImageStore::TouchTagTime(const std::string& id, int64_t now_ns) {
  return db_.Prepare("UPDATE images SET last_tag_ns = ? WHERE id = ?").Bind(now_ns).Bind(id).Run();
}

std::optional<std::string> ImageStore::FindByPrefix(const std::string& prefix) const {
  std::string hex = prefix;
  if (size_t colon = hex.find(':'); colon != std::string::npos) {
    if (hex.substr(0, colon) != "sha256") return std::nullopt;
    hex = hex.substr(colon + 1);
  }
  if (hex.empty() || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return std::nullopt;
  }
  auto rows = db_.Prepare("SELECT id FROM images WHERE substr(id, 8, ?) = ? LIMIT 2");
  rows.Bind(static_cast<int64_t>(hex.size())).Bind(hex);
  if (!rows.Step().value_or(false)) return std::nullopt;
  std::string id = rows.Text(0);
  if (rows.Step().value_or(true)) return std::nullopt;  // ambiguous: as good as unknown
  return id;
}

Result<Image> ImageStore::Resolve(const std::string& name) const {
  if (std::string digest; Reference::IsIdentifier(name, &digest)) return Get(digest);
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(name));
  std::optional<std::string> id = Find(reference);
  if (!id) id = FindByPrefix(name);
  auto image = id ? Get(*id) : Result<Image>(NoSuchImage(""));
  if (!image.ok() && image.error().kind() == ErrorKind::kNotFound) {
    return NoSuchImage(reference.WithDefaultTag().FamiliarString());
  }
  return image;
}

std::set<std::string> ImageStore::UsedBlobs() const {
  std::set<std::string> used;
  auto rows = db_.Prepare(
      "SELECT id FROM images UNION SELECT manifest FROM images UNION "
      "SELECT blob FROM image_layers");
  while (rows.Step().value_or(false)) used.insert(rows.Text(0));
  return used;
}

std::set<std::string> ImageStore::UsedLayers() const {
  std::set<std::string> used;
  auto rows = db_.Prepare("SELECT chain_id FROM image_layers");
  while (rows.Step().value_or(false)) used.insert(rows.Text(0));
  return used;
}

Result<std::vector<std::string>> ImageStore::ForgetUnusedLayers() {
  std::map<std::string, std::string> parents;  // of the unused ones
  BUOY_TRY(db_.Transaction([&]() -> Status {
    constexpr char kUnused[] = "chain_id NOT IN (SELECT chain_id FROM image_layers)";
    {
      auto rows = db_.Prepare(std::string("SELECT chain_id, parent FROM layers WHERE ") + kUnused);
      for (;;) {
        BUOY_ASSIGN(bool more, rows.Step());
        if (!more) break;
        parents[rows.Text(0)] = rows.Text(1);
      }
    }
    return db_.Exec(std::string("DELETE FROM layers WHERE ") + kUnused);
  }));
  auto depth = [&](const std::string& id) {
    int count = 0;
    for (auto at = parents.find(id); at != parents.end(); at = parents.find(at->second)) ++count;
    return count;
  };
  std::vector<std::string> ids;
  for (const auto& [id, parent] : parents) ids.push_back(id);
  std::stable_sort(ids.begin(), ids.end(),
                   [&](const std::string& a, const std::string& b) { return depth(a) > depth(b); });
  return ids;
}

}  // namespace buoy::image
