#include "common/archive/filter_source.h"

#include <archive_entry.h>

#include "common/archive/libarchive_reader.h"

namespace buoy {

namespace {

class LibarchiveFilterSource : public ByteSource {
 public:
  explicit LibarchiveFilterSource(ByteSource& source) : reader_(source) {}

  Status Open() {
    archive_read_support_filter_bzip2(reader_.handle());
    archive_read_support_filter_xz(reader_.handle());
    archive_read_support_format_raw(reader_.handle());
    archive_read_support_format_empty(reader_.handle());
    BUOY_TRY(reader_.Open());
    archive_entry* entry;
    int status = archive_read_next_header(reader_.handle(), &entry);
    end_ = status == ARCHIVE_EOF;
    if (status < ARCHIVE_WARN) return reader_.LastError();
    return Ok();
  }

  Result<size_t> Read(std::span<char> buffer) override {
    if (end_) return size_t{0};
    la_ssize_t n = archive_read_data(reader_.handle(), buffer.data(), buffer.size());
    if (n < 0) return reader_.LastError();
    return static_cast<size_t>(n);
  }

 private:
  LibarchiveReader reader_;
  bool end_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> NewLibarchiveFilterSource(ByteSource& source) {
  auto filter = std::make_unique<LibarchiveFilterSource>(source);
  BUOY_TRY(filter->Open());
  return std::unique_ptr<ByteSource>(std::move(filter));
}

}  // namespace buoy
