#include "common/archive/stream.h"

#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/unix/file.h"

namespace buoy {

namespace {
constexpr size_t kCopyBuffer = 256 * 1024;
}

Result<size_t> FdSource::Read(std::span<char> buffer) {
  for (;;) {
    ssize_t n = ::read(fd_, buffer.data(), buffer.size());
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) return ErrnoError("read");
  }
}

Status FdSink::Write(std::string_view data) { return WriteAll(fd_, data); }

Result<size_t> CopyStream(ByteSource& source, ByteSink& sink) {
  std::vector<char> buffer(kCopyBuffer);
  size_t total = 0;
  for (;;) {
    BUOY_ASSIGN(size_t n, source.Read(buffer));
    if (n == 0) return total;
    BUOY_TRY(sink.Write({buffer.data(), n}));
    total += n;
  }
}

Result<std::string> ReadAll(ByteSource& source, size_t limit) {
  std::string data;
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    BUOY_ASSIGN(size_t n, source.Read(buffer));
    if (n == 0) return data;
    if (data.size() + n > limit) {
      return InvalidArgument("the stream is longer than " + std::to_string(limit) + " bytes");
    }
    data.append(buffer.data(), n);
  }
}

}  // namespace buoy
