#include "daemon/image/save_writer.h"

#include <sys/stat.h>

#include <set>

#include "common/archive/compression.h"
#include "common/archive/tar_writer.h"
#include "common/digest/digest.h"

namespace buoy::image {

namespace {

TarEntry Entry(const std::string& path, uint64_t size) {
  TarEntry entry;
  entry.path = path;
  entry.size = size;
  return entry;
}

}  // namespace

Status SaveWriter::PrepareLayer(const ImageLayer& layer, SavedLayer* saved) {
  saved->blob = saved->plain_blob = layer.blob;
  saved->media_type = layer.media_type;
  BUOY_ASSIGN(saved->size, context_.blobs.Size(layer.blob));
  blobs_[layer.blob].stored = layer.blob;
  if (!layer.media_type.ends_with("+zstd")) return Ok();
  saved->plain_blob = layer.diff_id;
  if (blobs_.contains(layer.diff_id)) return Ok();
  BUOY_ASSIGN(Fd fd, context_.blobs.OpenBlob(layer.blob));
  FdSource file(fd.get());
  BUOY_ASSIGN(auto plain, NewDecompressor(file));
  BUOY_ASSIGN(auto writer, context_.blobs.NewWriter());
  BUOY_TRY(CopyStream(*plain, *writer));
  writer->Seal();
  blobs_[layer.diff_id].staged = std::move(writer);
  return Ok();
}

Status SaveWriter::Prepare(std::vector<SavedImage> images) {
  images_ = std::move(images);
  std::set<std::string> ids;
  for (const auto& saved : images_) ids.insert(saved.image.id);
  for (auto& saved : images_) {
    for (const auto& layer : saved.image.layers) {
      BUOY_TRY(PrepareLayer(layer, &saved.layers.emplace_back()));
    }
    BUOY_ASSIGN(saved.config_size, context_.blobs.Size(saved.image.id));
    blobs_[saved.image.id].stored = saved.image.id;
    if (ids.contains(saved.image.parent)) saved.parent = saved.image.parent;
    if (saved.image.manifest.empty()) {
      saved.manifest = EncodeManifest(saved);
    } else {
      BUOY_ASSIGN(saved.manifest, context_.blobs.Read(saved.image.manifest));
    }
    blobs_[Sha256Digest(saved.manifest)].text = saved.manifest;
  }
  return Ok();
}

Status SaveWriter::WriteBlob(TarWriter& tar, const std::string& digest, const Blob& blob) {
  const std::string path = "blobs/sha256/" + DigestHex(digest);
  if (blob.stored.empty() && !blob.staged) {
    return tar.AddFile(Entry(path, blob.text.size()), blob.text);
  }
  Fd fd;
  BUOY_ASSIGN(fd,
              blob.staged ? blob.staged->OpenForReading() : context_.blobs.OpenBlob(blob.stored));
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return ErrnoError("stat " + path);
  BUOY_TRY(tar.Begin(Entry(path, static_cast<uint64_t>(info.st_size))));
  FdSource source(fd.get());
  BUOY_TRY(CopyStream(source, tar));
  return Ok();
}

Status SaveWriter::Write(ByteSink& out) {
  BUOY_ASSIGN(auto tar, TarWriter::Open(out));
  for (const char* folder : {"blobs/", "blobs/sha256/"}) {
    TarEntry entry = Entry(folder, 0);
    entry.type = TarType::kDirectory;
    entry.mode = 0755;
    BUOY_TRY(tar->Begin(entry));
  }
  for (const auto& [digest, blob] : blobs_) BUOY_TRY(WriteBlob(*tar, digest, blob));
  const std::pair<const char*, std::string> files[] = {
      {"index.json", EncodeIndex(images_)},
      {"manifest.json", EncodeDockerManifest(images_)},
      {"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"},
  };
  for (const auto& [name, text] : files) BUOY_TRY(tar->AddFile(Entry(name, text.size()), text));
  return tar->Finish();
}

}  // namespace buoy::image
