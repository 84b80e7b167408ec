#pragma once

#include <archive.h>

#include <locale.h>

#include <memory>
#include <optional>
#include <vector>

#include "common/archive/stream.h"

namespace buoy {

// Names in archives are UTF-8, and libarchive converts by the thread's locale: makes that UTF-8
// for the time of a call, whatever the process runs in.
class Utf8Scope {
 public:
  Utf8Scope();
  ~Utf8Scope();
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  locale_t previous_;
};

// A libarchive reader over a ByteSource. Formats and filters are the caller's choice, enabled on
// handle() before Open().
class LibarchiveReader {
 public:
  explicit LibarchiveReader(ByteSource& source);
  ~LibarchiveReader();
  LibarchiveReader(const LibarchiveReader&) = delete;
  LibarchiveReader& operator=(const LibarchiveReader&) = delete;

  archive* handle() { return archive_; }
  Status Open();
  // The last error: the source's own if that failed, else libarchive's in Docker's words.
  Error LastError();

 private:
  static la_ssize_t ReadCallback(archive* handle, void* self, const void** data);

  ByteSource& source_;
  archive* archive_;
  std::vector<char> buffer_;
  std::optional<Error> source_error_;
};

}  // namespace buoy
