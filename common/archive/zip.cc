#include "common/archive/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include "common/archive/libarchive_reader.h"

namespace buoy {

Result<std::vector<std::pair<std::string, std::string>>> ReadZip(ByteSource& source, size_t limit) {
  Utf8Scope utf8;
  LibarchiveReader reader(source);
  archive_read_support_format_zip_streamable(reader.handle());
  BUOY_TRY(reader.Open());
  std::vector<std::pair<std::string, std::string>> files;
  size_t left = limit;
  archive_entry* entry = nullptr;
  while (true) {
    const int status = archive_read_next_header(reader.handle(), &entry);
    if (status == ARCHIVE_EOF) return files;
    if (status < ARCHIVE_WARN) return InvalidArgument("zip: not a valid zip file");
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    std::string data;
    char buffer[16 * 1024];
    while (true) {
      const la_ssize_t got = archive_read_data(reader.handle(), buffer, sizeof buffer);
      if (got < 0) return InvalidArgument("zip: not a valid zip file");
      if (got == 0) break;
      if (static_cast<size_t>(got) > left) return InvalidArgument("read exceeds the defined limit");
      left -= static_cast<size_t>(got);
      data.append(buffer, static_cast<size_t>(got));
    }
    const char* path = archive_entry_pathname(entry);
    files.emplace_back(path == nullptr ? "" : path, std::move(data));
  }
}

}  // namespace buoy
