#include "common/archive/filters.h"

#include <vector>

namespace buoy {

Result<size_t> HashingSource::Read(std::span<char> buffer) {
  BUOY_ASSIGN(size_t n, inner_.Read(buffer));
  hash_.Update({buffer.data(), n});
  bytes_ += n;
  return n;
}

Status HashingSource::Drain() {
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    BUOY_ASSIGN(size_t n, Read(buffer));
    if (n == 0) return Ok();
  }
}

Status HashingSink::Write(std::string_view data) {
  BUOY_TRY(inner_.Write(data));
  hash_.Update(data);
  bytes_ += data.size();
  return Ok();
}

Result<size_t> LimitedSource::Read(std::span<char> buffer) {
  BUOY_ASSIGN(size_t n, inner_.Read(buffer));
  bytes_ += n;
  if (bytes_ > limit_) {
    return InvalidArgument("archive is larger than the limit of " + std::to_string(limit_) +
                           " bytes");
  }
  return n;
}

Result<std::string_view> PeekSource::Peek(size_t size) {
  while (peeked_.size() < size) {
    size_t have = peeked_.size();
    peeked_.resize(size);
    auto n = inner_.Read({peeked_.data() + have, size - have});
    peeked_.resize(have + (n.ok() ? *n : 0));
    if (!n.ok()) return std::move(n).error();
    if (*n == 0) break;
  }
  return std::string_view(peeked_).substr(0, size);
}

Result<size_t> PeekSource::Read(std::span<char> buffer) {
  if (peeked_.empty()) return inner_.Read(buffer);
  size_t n = std::min(buffer.size(), peeked_.size());
  std::memcpy(buffer.data(), peeked_.data(), n);
  peeked_.erase(0, n);
  return n;
}

}  // namespace buoy
