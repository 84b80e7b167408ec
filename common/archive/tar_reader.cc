#include "common/archive/tar_reader.h"

#include <archive_entry.h>
#include <sys/stat.h>

#include "common/archive/libarchive_reader.h"

namespace buoy {

namespace {

std::string OrEmpty(const char* text) { return text == nullptr ? "" : text; }

void CopyXattrs(archive_entry* from, TarEntry* to) {
  archive_entry_xattr_reset(from);
  const char* name;
  const void* value;
  size_t size;
  while (archive_entry_xattr_next(from, &name, &value, &size) == ARCHIVE_OK) {
    to->xattrs.emplace_back(name, std::string(static_cast<const char*>(value), size));
  }
}

// kNone-like types (sockets and what nobody knows) become an error.
Status CopyType(archive_entry* from, TarEntry* to) {
  if (archive_entry_hardlink(from) != nullptr) {
    to->type = TarType::kHardlink;
    to->link_target = archive_entry_hardlink(from);
    return Ok();
  }
  switch (archive_entry_filetype(from)) {
    case AE_IFREG:
      to->type = TarType::kFile;
      return Ok();
    case AE_IFDIR:
      to->type = TarType::kDirectory;
      return Ok();
    case AE_IFLNK:
      to->type = TarType::kSymlink;
      to->link_target = OrEmpty(archive_entry_symlink(from));
      return Ok();
    case AE_IFCHR:
      to->type = TarType::kCharDevice;
      return Ok();
    case AE_IFBLK:
      to->type = TarType::kBlockDevice;
      return Ok();
    case AE_IFIFO:
      to->type = TarType::kFifo;
      return Ok();
    default:
      return InvalidArgument("unhandled tar header type in " + to->path);
  }
}

class LibarchiveTarReader : public TarReader {
 public:
  explicit LibarchiveTarReader(ByteSource& source) : reader_(source), data_(*this) {}

  Status Open() {
    Utf8Scope utf8;
    archive_read_support_format_tar(reader_.handle());
    archive_read_support_format_empty(reader_.handle());
    return reader_.Open();
  }

  Result<bool> Next(TarEntry* out) override {
    Utf8Scope utf8;
    archive_entry* entry;
    int status = archive_read_next_header(reader_.handle(), &entry);
    if (status == ARCHIVE_EOF) return false;
    if (status < ARCHIVE_WARN) return reader_.LastError();
    *out = TarEntry();
    const char* path = archive_entry_pathname(entry);
    if (path == nullptr) return InvalidArgument("archive/tar: invalid tar header");
    out->path = path;
    BUOY_TRY(CopyType(entry, out));
    out->mode = archive_entry_perm(entry) & 07777;
    out->uid = static_cast<uid_t>(archive_entry_uid(entry));
    out->gid = static_cast<gid_t>(archive_entry_gid(entry));
    int64_t size = archive_entry_size(entry);
    if (size < 0) return InvalidArgument("archive/tar: invalid tar header");
    out->size = out->type == TarType::kFile ? static_cast<uint64_t>(size) : 0;
    out->mtime = {archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
    out->device_major = static_cast<unsigned>(archive_entry_rdevmajor(entry));
    out->device_minor = static_cast<unsigned>(archive_entry_rdevminor(entry));
    CopyXattrs(entry, out);
    return true;
  }

  Result<bool> ReadBlock(std::string_view* data, uint64_t* offset) override {
    const void* buffer;
    size_t size;
    la_int64_t at;
    int status = archive_read_data_block(reader_.handle(), &buffer, &size, &at);
    if (status == ARCHIVE_EOF) return false;
    if (status < ARCHIVE_WARN) return reader_.LastError();
    *data = {static_cast<const char*>(buffer), size};
    *offset = static_cast<uint64_t>(at);
    return true;
  }

  ByteSource& EntryData() override { return data_; }

 private:
  class Data : public ByteSource {
   public:
    explicit Data(LibarchiveTarReader& owner) : owner_(owner) {}
    Result<size_t> Read(std::span<char> buffer) override {
      la_ssize_t n = archive_read_data(owner_.reader_.handle(), buffer.data(), buffer.size());
      if (n < 0) return owner_.reader_.LastError();
      return static_cast<size_t>(n);
    }

   private:
    LibarchiveTarReader& owner_;
  };

  LibarchiveReader reader_;
  Data data_;
};

}  // namespace

Result<std::unique_ptr<TarReader>> TarReader::Open(ByteSource& source) {
  auto reader = std::make_unique<LibarchiveTarReader>(source);
  BUOY_TRY(reader->Open());
  return std::unique_ptr<TarReader>(std::move(reader));
}

}  // namespace buoy
