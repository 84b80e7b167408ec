#include "common/archive/compression.h"

#include "common/archive/filter_source.h"
#include "common/archive/filters.h"

namespace buoy {

using namespace std::string_view_literals;

namespace {

// Owns the peeking source below the decoder.
class Decompressor : public ByteSource {
 public:
  explicit Decompressor(ByteSource& source) : peek_(source) {}

  Status Open(Compression* detected) {
    BUOY_ASSIGN(std::string_view start, peek_.Peek(6));
    Compression kind = DetectCompression(start);
    if (detected != nullptr) *detected = kind;
    switch (kind) {
      case Compression::kNone:
        break;
      case Compression::kGzip:
        decoder_ = NewGzipSource(peek_);
        break;
      case Compression::kZstd:
        decoder_ = NewZstdSource(peek_);
        break;
      case Compression::kBzip2:
      case Compression::kXz: {
        BUOY_ASSIGN(decoder_, NewLibarchiveFilterSource(peek_));
        break;
      }
    }
    return Ok();
  }

  Result<size_t> Read(std::span<char> buffer) override {
    return decoder_ ? decoder_->Read(buffer) : peek_.Read(buffer);
  }

 private:
  PeekSource peek_;
  std::unique_ptr<ByteSource> decoder_;
};

}  // namespace

Compression DetectCompression(std::string_view start) {
  if (start.starts_with("\x1f\x8b\x08"sv)) return Compression::kGzip;
  if (start.starts_with("BZh"sv)) return Compression::kBzip2;
  if (start.starts_with("\xfd\x37zXZ\0"sv)) return Compression::kXz;
  if (start.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::kZstd;
  // A zstd stream may begin with skippable frames.
  if (start.size() >= 4 && (start[0] & '\xf0') == '\x50' &&
      start.substr(1, 3) == "\x2a\x4d\x18"sv) {
    return Compression::kZstd;
  }
  return Compression::kNone;
}

Result<std::unique_ptr<ByteSource>> NewDecompressor(ByteSource& source, Compression* detected) {
  auto decompressor = std::make_unique<Decompressor>(source);
  BUOY_TRY(decompressor->Open(detected));
  return std::unique_ptr<ByteSource>(std::move(decompressor));
}

}  // namespace buoy
