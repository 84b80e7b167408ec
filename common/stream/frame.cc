#include "common/stream/frame.h"

#include <algorithm>

namespace buoy::stream {

void AppendFrameHeader(StreamType type, size_t length, std::string* out) {
  const char header[kFrameHeaderSize] = {static_cast<char>(type),
                                         0,
                                         0,
                                         0,
                                         static_cast<char>(length >> 24),
                                         static_cast<char>(length >> 16),
                                         static_cast<char>(length >> 8),
                                         static_cast<char>(length)};
  out->append(header, sizeof header);
}

void AppendFrame(StreamType type, std::string_view data, std::string* out) {
  AppendFrameHeader(type, data.size(), out);
  out->append(data.data(), data.size());
}

bool FrameReader::Next(std::string_view* input, StreamType* type, std::string_view* piece) {
  while (!broken_ && !input->empty()) {
    if (left_ > 0) {
      const size_t take = std::min(left_, input->size());
      *type = type_;
      *piece = std::string_view(input->data(), take);
      input->remove_prefix(take);
      left_ -= take;
      return true;
    }
    const size_t take = std::min(kFrameHeaderSize - header_.size(), input->size());
    header_.append(input->data(), take);
    input->remove_prefix(take);
    if (header_.size() < kFrameHeaderSize) return false;
    const auto byte = [this](int i) {
      return static_cast<size_t>(static_cast<uint8_t>(header_[i]));
    };
    if (byte(0) > 3) {
      broken_ = true;
      return false;
    }
    type_ = static_cast<StreamType>(byte(0));
    left_ = byte(4) << 24 | byte(5) << 16 | byte(6) << 8 | byte(7);
    header_.clear();
  }
  return false;
}

}  // namespace buoy::stream
