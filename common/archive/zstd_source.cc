#include <zstd.h>

#include <new>
#include <vector>

#include "common/archive/compression.h"

namespace buoy {

namespace {

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(ByteSource& source)
      : source_(source), context_(ZSTD_createDCtx()), buffer_(ZSTD_DStreamInSize()) {
    if (!context_) throw std::bad_alloc();
  }

  Result<size_t> Read(std::span<char> buffer) override {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !flush_) {
        BUOY_ASSIGN(size_t n, source_.Read(buffer_));
        if (n == 0) {
          if (inside_frame_) return InvalidArgument("unexpected EOF");
          return size_t{0};
        }
        in_ = {buffer_.data(), n, 0};
      }
      size_t rest = ZSTD_decompressStream(context_.get(), &out, &in_);
      if (ZSTD_isError(rest)) {
        return InvalidArgument(std::string("zstd: ") + ZSTD_getErrorName(rest));
      }
      inside_frame_ = rest != 0;
      flush_ = out.pos == out.size && inside_frame_;  // more may wait inside the decoder
    }
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  ByteSource& source_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  std::vector<char> buffer_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool inside_frame_ = false;
  bool flush_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> NewZstdSource(ByteSource& source) {
  return std::make_unique<ZstdSource>(source);
}

}  // namespace buoy
