#pragma once

#include <memory>
#include <string>

#include "common/archive/stream.h"
#include "common/archive/tar_entry.h"

namespace buoy {

// Reads an uncompressed tar (ustar, pax, GNU with long names and sparse files) entry by entry.
class TarReader {
 public:
  // `source` must outlive the reader.
  static Result<std::unique_ptr<TarReader>> Open(ByteSource& source);
  virtual ~TarReader() = default;

  // The next entry; false = the end. Data of the former entry not yet read is skipped.
  virtual Result<bool> Next(TarEntry* entry) = 0;
  // A piece of the entry's data and where it belongs; false = no more. Gaps between the pieces and
  // up to the entry's size are holes. The memory is valid until the next call.
  virtual Result<bool> ReadBlock(std::string_view* data, uint64_t* offset) = 0;
  // The entry's data as a stream, holes as zeros. Lives as long as the reader.
  virtual ByteSource& EntryData() = 0;
};

}  // namespace buoy
