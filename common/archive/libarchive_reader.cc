#include "common/archive/libarchive_reader.h"

#include <new>

namespace buoy {

namespace {

locale_t Utf8Locale() {
  static locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

}  // namespace

Utf8Scope::Utf8Scope() : previous_(nullptr) {
  if (Utf8Locale() != nullptr) previous_ = uselocale(Utf8Locale());
}

Utf8Scope::~Utf8Scope() {
  if (previous_ != nullptr) uselocale(previous_);
}

LibarchiveReader::LibarchiveReader(ByteSource& source)
    : source_(source), archive_(archive_read_new()), buffer_(128 * 1024) {
  if (archive_ == nullptr) throw std::bad_alloc();
}

LibarchiveReader::~LibarchiveReader() { archive_read_free(archive_); }

la_ssize_t LibarchiveReader::ReadCallback(archive* handle, void* self, const void** data) {
  auto* reader = static_cast<LibarchiveReader*>(self);
  auto n = reader->source_.Read(reader->buffer_);
  if (!n.ok()) {
    reader->source_error_ = n.error();
    archive_set_error(handle, EIO, "%s", n.error().message().c_str());
    return -1;
  }
  *data = reader->buffer_.data();
  return static_cast<la_ssize_t>(*n);
}

Status LibarchiveReader::Open() {
  if (archive_read_open(archive_, this, nullptr, &ReadCallback, nullptr) != ARCHIVE_OK) {
    return LastError();
  }
  return Ok();
}

Error LibarchiveReader::LastError() {
  if (source_error_) return *source_error_;
  const char* text = archive_error_string(archive_);
  std::string_view message = text == nullptr ? "" : text;
  if (message.starts_with("Truncated")) return InvalidArgument("unexpected EOF");
  if (message.starts_with("Unrecognized archive format") || message.starts_with("Damaged tar")) {
    return InvalidArgument("archive/tar: invalid tar header");
  }
  return InvalidArgument("archive/tar: " + std::string(message));
}

}  // namespace buoy
