#include "common/loglines/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace buoy::loglines {

namespace {
constexpr size_t kBlock = 16 * 1024;
constexpr int kGzipWindow = 15 + 16;
}  // namespace

struct LogFile::Inflater {
  z_stream stream = {};
  bool failed = false;
  char input[kBlock];

  Inflater() { failed = inflateInit2(&stream, kGzipWindow) != Z_OK; }
  ~Inflater() { inflateEnd(&stream); }
};

LogFile::LogFile(Fd fd, std::unique_ptr<Inflater> inflater)
    : fd_(std::move(fd)), inflater_(std::move(inflater)) {}
LogFile::~LogFile() = default;

std::unique_ptr<LogFile> LogFile::Open(const std::string& path, bool gzip) {
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return nullptr;
  std::unique_ptr<Inflater> inflater;
  if (gzip) inflater = std::make_unique<Inflater>();
  return std::unique_ptr<LogFile>(new LogFile(std::move(fd), std::move(inflater)));
}

int64_t LogFile::Read(char* buffer, size_t size) {
  if (inflater_ == nullptr) {
    ssize_t n;
    do {
      n = read(fd_.get(), buffer, size);
    } while (n < 0 && errno == EINTR);
    return n;
  }
  z_stream& stream = inflater_->stream;
  if (inflater_->failed) return -1;
  stream.next_out = reinterpret_cast<Bytef*>(buffer);
  stream.avail_out = static_cast<uInt>(size);
  while (stream.avail_out == size) {
    if (stream.avail_in == 0) {
      const ssize_t n = read(fd_.get(), inflater_->input, sizeof inflater_->input);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return n;
      stream.next_in = reinterpret_cast<Bytef*>(inflater_->input);
      stream.avail_in = static_cast<uInt>(n);
    }
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      inflateReset(&stream);  // a further member may follow
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      inflater_->failed = true;
      return size == stream.avail_out ? -1 : static_cast<int64_t>(size - stream.avail_out);
    }
  }
  return static_cast<int64_t>(size - stream.avail_out);
}

bool LogFile::Rewind() {
  if (lseek(fd_.get(), 0, SEEK_SET) < 0) return false;
  if (inflater_ != nullptr) {
    inflateReset(&inflater_->stream);
    inflater_->stream.avail_in = 0;
    inflater_->failed = false;
  }
  return true;
}

int64_t LogFile::SeekToTail(int64_t lines) {
  return inflater_ == nullptr ? SeekPlain(lines) : SeekGzip(lines);
}

int64_t LogFile::SeekPlain(int64_t lines) {
  struct stat info;
  if (fstat(fd_.get(), &info) != 0) return 0;
  int64_t found = 0;
  char block[kBlock];
  int64_t end = info.st_size;
  if (lines <= 0) {
    lseek(fd_.get(), end, SEEK_SET);
    return 0;
  }
  bool last_byte = true;
  while (end > 0) {
    const int64_t start = std::max<int64_t>(0, end - static_cast<int64_t>(kBlock));
    const ssize_t n = pread(fd_.get(), block, static_cast<size_t>(end - start), start);
    if (n != end - start) break;
    for (int64_t i = n - 1; i >= 0; i--) {
      const bool newline = block[i] == '\n';
      if (last_byte) {  // the newline of the last line ends it; anything else is in it
        last_byte = false;
        found = 1;
        continue;
      }
      if (!newline) continue;
      if (found == lines) {
        lseek(fd_.get(), start + i + 1, SEEK_SET);
        return found;
      }
      found++;
    }
    end = start;
  }
  lseek(fd_.get(), 0, SEEK_SET);
  return found;
}

int64_t LogFile::SeekGzip(int64_t lines) {
  char block[kBlock];
  int64_t total = 0;
  bool open_line = false;
  for (int64_t n; (n = Read(block, sizeof block)) > 0;) {
    total += std::count(block, block + n, '\n');
    open_line = block[n - 1] != '\n';
  }
  total += open_line ? 1 : 0;
  if (!Rewind()) return 0;
  int64_t skip = std::max<int64_t>(0, total - lines);
  // Read again byte by byte around the border only: whole blocks cannot be given back.
  while (skip > 0) {
    char byte;
    if (Read(&byte, 1) <= 0) break;
    if (byte == '\n') skip--;
  }
  return std::min(total, lines);
}

}  // namespace buoy::loglines
