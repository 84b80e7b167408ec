#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace buoy::stream {

// application/vnd.docker.multiplexed-stream: {type, 0, 0, 0, u32 big endian length}, then the
// bytes.
enum class StreamType : uint8_t { kStdin = 0, kStdout = 1, kStderr = 2, kSystemError = 3 };

inline constexpr size_t kFrameHeaderSize = 8;

void AppendFrameHeader(StreamType type, size_t length, std::string* out);
void AppendFrame(StreamType type, std::string_view data, std::string* out);

// Takes a multiplexed stream apart, however it is cut into reads.
class FrameReader {
 public:
  // Consumes from the front of `*input` and sets a piece of one frame's payload (a view into the
  // input, not always the whole frame). False when more input is needed or the stream is broken.
  bool Next(std::string_view* input, StreamType* type, std::string_view* piece);
  // A header with an unknown type was met; nothing after it makes sense.
  bool broken() const { return broken_; }
  // Between two frames: an end of the stream here is a clean one.
  bool at_border() const { return header_.empty() && left_ == 0; }

 private:
  std::string header_;
  StreamType type_ = StreamType::kStdout;
  size_t left_ = 0;
  bool broken_ = false;
};

}  // namespace buoy::stream
