#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/archive/stream.h"
#include "common/archive/tar_entry.h"

namespace buoy {

// Writes a tar: ustar where that suffices, pax headers where not. As a sink it takes the data of
// the current entry.
class TarWriter : public ByteSink {
 public:
  // `sink` must outlive the writer.
  static Result<std::unique_ptr<TarWriter>> Open(ByteSink& sink);
  ~TarWriter() override = default;

  // Begins an entry. For files, exactly entry.size bytes must follow through Write().
  virtual Status Begin(const TarEntry& entry) = 0;
  // A whole small file.
  Status AddFile(const TarEntry& entry, std::string_view data);
  // Writes the end of the archive; call once, last.
  virtual Status Finish() = 0;
};

}  // namespace buoy
