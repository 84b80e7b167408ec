#pragma once

#include <memory>
#include <string_view>

#include "common/archive/stream.h"

namespace buoy {

enum class Compression { kNone, kGzip, kZstd, kBzip2, kXz };

// By the magic bytes at the start of a stream.
Compression DetectCompression(std::string_view start);

// Decoders; `source` must outlive them. Several members (gzip) or frames (zstd) in a row are one
// stream; a stream that ends early fails with "unexpected EOF".
std::unique_ptr<ByteSource> NewGzipSource(ByteSource& source);
std::unique_ptr<ByteSource> NewZstdSource(ByteSource& source);

// A source that looks at the beginning of `source` (which must outlive it) and decodes whatever
// compression it finds there; plain data passes through.
Result<std::unique_ptr<ByteSource>> NewDecompressor(ByteSource& source,
                                                    Compression* detected = nullptr);

// Encoders: Finish() writes the trailer and must be called once, last.
class CompressingSink : public ByteSink {
 public:
  virtual Status Finish() = 0;
};
// gzip by ISA-L's fast levels; deterministic output for the same input.
std::unique_ptr<CompressingSink> NewGzipSink(ByteSink& sink);

}  // namespace buoy
