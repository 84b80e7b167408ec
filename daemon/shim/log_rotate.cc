#include "daemon/shim/log_rotate.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "common/loglines/rfc3339.h"
#include "common/unix/fd.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {

constexpr size_t kBlock = 32 * 1024;
constexpr int kGzipWindow = 15 + 16;

bool WriteAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t n = write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

bool DeflateAll(z_stream* stream, int in, int out) {
  const std::unique_ptr<char[]> input(new char[kBlock]), output(new char[kBlock]);
  int flush = Z_NO_FLUSH;
  while (flush != Z_FINISH) {
    const ssize_t n = read(in, input.get(), kBlock);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    flush = n == 0 ? Z_FINISH : Z_NO_FLUSH;
    stream->next_in = reinterpret_cast<Bytef*>(input.get());
    stream->avail_in = static_cast<uInt>(n);
    do {
      stream->next_out = reinterpret_cast<Bytef*>(output.get());
      stream->avail_out = kBlock;
      deflate(stream, flush);
      if (!WriteAll(out, output.get(), kBlock - stream->avail_out)) return false;
    } while (stream->avail_out == 0);
  }
  return true;
}

}  // namespace

void RotateFiles(const std::string& path, uint32_t max_files, bool compress) {
  if (max_files < 2) {
    unlink(path.c_str());
    return;
  }
  const std::string extension = compress ? ".gz" : "";
  unlink((path + "." + Number(max_files - 1) + extension).c_str());
  for (uint32_t i = max_files - 1; i > 1; i--) {
    const std::string from = path + "." + Number(i - 1) + extension;
    rename(from.c_str(), (path + "." + Number(i) + extension).c_str());
  }
  rename(path.c_str(), (path + ".1").c_str());
}

int CompressFile(const std::string& path, int64_t last_time) {
  const std::string target = path + ".gz";
  const Fd in(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const Fd out(open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  z_stream stream = {};
  if (!in || !out ||
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return 1;
  }
  std::string extra = "{\"lastTime\":\"";
  loglines::AppendRfc3339(last_time, &extra);
  extra += "\"}";
  gz_header header = {};
  header.extra = reinterpret_cast<Bytef*>(extra.data());
  header.extra_len = static_cast<uInt>(extra.size());
  header.os = 255;
  deflateSetHeader(&stream, &header);
  const bool done = DeflateAll(&stream, in.get(), out.get());
  deflateEnd(&stream);
  unlink(done ? path.c_str() : target.c_str());
  return done ? 0 : 1;
}

}  // namespace buoy::shim
