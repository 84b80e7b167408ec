#include "common/archive/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <new>
#include <optional>

#include "common/archive/libarchive_reader.h"

namespace buoy {

namespace {

unsigned FileType(TarType type) {
  switch (type) {
    case TarType::kFile:
    case TarType::kHardlink:
      return AE_IFREG;
    case TarType::kDirectory:
      return AE_IFDIR;
    case TarType::kSymlink:
      return AE_IFLNK;
    case TarType::kCharDevice:
      return AE_IFCHR;
    case TarType::kBlockDevice:
      return AE_IFBLK;
    case TarType::kFifo:
      return AE_IFIFO;
  }
  return AE_IFREG;
}

class LibarchiveTarWriter : public TarWriter {
 public:
  explicit LibarchiveTarWriter(ByteSink& sink)
      : sink_(sink), archive_(archive_write_new()), entry_(archive_entry_new()) {
    if (archive_ == nullptr || entry_ == nullptr) throw std::bad_alloc();
  }
  ~LibarchiveTarWriter() override {
    // An unfinished archive must not be completed by the destructor. Not archive_write_fail():
    // libarchive 3.6 leaks its buffer when a failed archive is freed.
    abandoned_ = true;
    archive_write_free(archive_);
    archive_entry_free(entry_);
  }

  Status Open() {
    archive_write_set_format_pax_restricted(archive_);
    archive_write_set_format_option(archive_, "pax", "xattrheader", "SCHILY");
    archive_write_set_bytes_per_block(archive_, 64 * 1024);
    archive_write_set_bytes_in_last_block(archive_, 1);
    if (archive_write_open(archive_, this, nullptr, &WriteCallback, nullptr) != ARCHIVE_OK) {
      return LastError();
    }
    return Ok();
  }

  Status Begin(const TarEntry& from) override {
    Utf8Scope utf8;
    BUOY_TRY(EndEntry());
    archive_entry_clear(entry_);
    archive_entry_copy_pathname(entry_, from.path.c_str());
    archive_entry_set_filetype(entry_, FileType(from.type));
    archive_entry_set_perm(entry_, from.mode & 07777);
    archive_entry_set_uid(entry_, from.uid);
    archive_entry_set_gid(entry_, from.gid);
    archive_entry_set_mtime(entry_, from.mtime.tv_sec, from.mtime.tv_nsec);
    archive_entry_set_size(entry_,
                           from.type == TarType::kFile ? static_cast<int64_t>(from.size) : 0);
    if (from.type == TarType::kSymlink)
      archive_entry_copy_symlink(entry_, from.link_target.c_str());
    if (from.type == TarType::kHardlink) {
      archive_entry_copy_hardlink(entry_, from.link_target.c_str());
    }
    if (from.type == TarType::kCharDevice || from.type == TarType::kBlockDevice) {
      archive_entry_set_rdevmajor(entry_, from.device_major);
      archive_entry_set_rdevminor(entry_, from.device_minor);
    }
    for (const auto& [name, value] : from.xattrs) {
      archive_entry_xattr_add_entry(entry_, name.c_str(), value.data(), value.size());
    }
    if (archive_write_header(archive_, entry_) < ARCHIVE_WARN || sink_error_) return LastError();
    missing_ = from.type == TarType::kFile ? from.size : 0;
    return Ok();
  }

  Status Write(std::string_view data) override {
    if (data.size() > missing_) return Internal("archive/tar: write too long");
    while (!data.empty()) {
      la_ssize_t n = archive_write_data(archive_, data.data(), data.size());
      if (n <= 0 || sink_error_) return LastError();
      data.remove_prefix(static_cast<size_t>(n));
      missing_ -= static_cast<size_t>(n);
    }
    return Ok();
  }

  Status Finish() override {
    BUOY_TRY(EndEntry());
    if (archive_write_close(archive_) != ARCHIVE_OK || sink_error_) return LastError();
    return Ok();
  }

 private:
  // A sink's error is kept here and told by whoever made libarchive write; libarchive itself never
  // learns of it, for the same leak.
  static la_ssize_t WriteCallback(archive*, void* self, const void* data, size_t size) {
    auto* writer = static_cast<LibarchiveTarWriter*>(self);
    if (!writer->abandoned_ && !writer->sink_error_) {
      auto status = writer->sink_.Write({static_cast<const char*>(data), size});
      if (!status.ok()) writer->sink_error_ = std::move(status).error();
    }
    return static_cast<la_ssize_t>(size);
  }

  // libarchive would pad a short entry with zeros: silent corruption.
  Status EndEntry() {
    if (missing_ == 0) return Ok();
    return Internal("archive/tar: missed writing " + std::to_string(missing_) + " bytes");
  }

  Error LastError() {
    if (sink_error_) return *sink_error_;
    const char* text = archive_error_string(archive_);
    return Internal("archive/tar: " + std::string(text == nullptr ? "write failed" : text));
  }

  ByteSink& sink_;
  archive* archive_;
  archive_entry* entry_;
  uint64_t missing_ = 0;
  bool abandoned_ = false;
  std::optional<Error> sink_error_;
};

}  // namespace

Status TarWriter::AddFile(const TarEntry& entry, std::string_view data) {
  TarEntry sized = entry;
  sized.type = TarType::kFile;
  sized.size = data.size();
  BUOY_TRY(Begin(sized));
  return Write(data);
}

Result<std::unique_ptr<TarWriter>> TarWriter::Open(ByteSink& sink) {
  auto writer = std::make_unique<LibarchiveTarWriter>(sink);
  BUOY_TRY(writer->Open());
  return std::unique_ptr<TarWriter>(std::move(writer));
}

}  // namespace buoy
