// gzip by ISA-L: about twice zlib's speed.
#include <isa-l/igzip_lib.h>

#include <vector>

#include "common/archive/compression.h"

namespace buoy {

namespace {

constexpr size_t kInput = 128 * 1024;

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(ByteSource& source) : source_(source), input_(kInput) {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP;
    state_.next_in = nullptr;
    state_.avail_in = 0;
  }

  Result<size_t> Read(std::span<char> buffer) override {
    state_.next_out = reinterpret_cast<uint8_t*>(buffer.data());
    state_.avail_out = static_cast<uint32_t>(std::min<size_t>(buffer.size(), 1u << 30));
    const uint32_t room = state_.avail_out;
    while (state_.avail_out == room) {
      if (state_.block_state == ISAL_BLOCK_FINISH) {
        BUOY_ASSIGN(bool more, NextMember());
        if (!more) return size_t{0};
      }
      if (state_.avail_in == 0) {
        BUOY_TRY(Refill());
        // What the decoder still holds back may be all that is left.
        if (state_.avail_in == 0) {
          int drained = isal_inflate(&state_);
          if (drained < 0) return Corrupt();
          if (state_.avail_out == room && state_.block_state != ISAL_BLOCK_FINISH) {
            return InvalidArgument("unexpected EOF");
          }
          continue;
        }
      }
      if (isal_inflate(&state_) < 0) return Corrupt();
    }
    return static_cast<size_t>(room - state_.avail_out);
  }

 private:
  static Error Corrupt() { return InvalidArgument("gzip: invalid header or corrupt data"); }

  Status Refill() {
    if (end_) return Ok();
    BUOY_ASSIGN(size_t n, source_.Read(input_));
    end_ = n == 0;
    state_.next_in = reinterpret_cast<uint8_t*>(input_.data());
    state_.avail_in = static_cast<uint32_t>(n);
    return Ok();
  }

  // After a member: another one, or zero padding up to the end.
  Result<bool> NextMember() {
    for (;;) {
      if (state_.avail_in == 0) {
        BUOY_TRY(Refill());
        if (state_.avail_in == 0) return false;
      }
      if (*state_.next_in != 0) break;
      ++state_.next_in;
      --state_.avail_in;
    }
    if (*state_.next_in != 0x1f) return Corrupt();
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP;
    return true;
  }

  ByteSource& source_;
  std::vector<char> input_;
  bool end_ = false;
  inflate_state state_;
};

class GzipSink : public CompressingSink {
 public:
  explicit GzipSink(ByteSink& sink) : sink_(sink), output_(kInput), level_(ISAL_DEF_LVL1_DEFAULT) {
    isal_deflate_init(&stream_);
    stream_.level = 1;
    stream_.level_buf = level_.data();
    stream_.level_buf_size = static_cast<uint32_t>(level_.size());
    stream_.gzip_flag = IGZIP_GZIP;
  }

  Status Write(std::string_view data) override {
    while (!data.empty()) {
      std::string_view piece = data.substr(0, 1u << 30);
      BUOY_TRY(Deflate(piece));
      data.remove_prefix(piece.size());
    }
    return Ok();
  }

  Status Finish() override {
    stream_.end_of_stream = 1;
    return Deflate({});
  }

 private:
  Status Deflate(std::string_view piece) {
    // The library does not write through next_in.
    stream_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uint32_t>(piece.size());
    do {
      stream_.next_out = reinterpret_cast<uint8_t*>(output_.data());
      stream_.avail_out = static_cast<uint32_t>(output_.size());
      if (isal_deflate(&stream_) != COMP_OK) return Internal("gzip: compression failed");
      size_t n = output_.size() - stream_.avail_out;
      if (n > 0) BUOY_TRY(sink_.Write({output_.data(), n}));
    } while (stream_.avail_out == 0 || stream_.avail_in > 0);
    return Ok();
  }

  ByteSink& sink_;
  std::vector<char> output_;
  std::vector<uint8_t> level_;
  isal_zstream stream_;
};

}  // namespace

std::unique_ptr<ByteSource> NewGzipSource(ByteSource& source) {
  return std::make_unique<GzipSource>(source);
}

std::unique_ptr<CompressingSink> NewGzipSink(ByteSink& sink) {
  return std::make_unique<GzipSink>(sink);
}

}  // namespace buoy
