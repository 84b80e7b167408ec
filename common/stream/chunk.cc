#include "common/stream/chunk.h"

namespace buoy::stream {

void AppendChunk(std::string_view data, std::string* out) {
  if (data.empty()) return;
  bool started = false;
  for (int shift = static_cast<int>(sizeof(size_t) * 8) - 4; shift >= 0; shift -= 4) {
    const size_t digit = (data.size() >> shift) & 15;
    started = started || digit != 0;
    if (started) out->push_back("0123456789abcdef"[digit]);
  }
  out->append("\r\n", 2);
  out->append(data.data(), data.size());
  out->append("\r\n", 2);
}

}  // namespace buoy::stream
