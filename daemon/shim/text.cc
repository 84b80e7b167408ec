#include "daemon/shim/text.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/loglines/rfc3339.h"
#include "common/unix/fd.h"
#include "daemon/shim/clock.h"

namespace buoy::shim {

void AppendNumber(int64_t value, std::string* out) {
  char digits[20];
  char* at = digits + sizeof digits;
  uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (value < 0) out->push_back('-');
  out->append(at, static_cast<size_t>(digits + sizeof digits - at));
}

std::string Number(int64_t value) {
  std::string out;
  AppendNumber(value, &out);
  return out;
}

bool ParseNumber(std::string_view text, int64_t* value) {
  size_t i = 0;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t')) i++;
  const size_t start = i;
  *value = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++) {
    *value = *value * 10 + (text[i] - '0');
  }
  return i > start;
}

std::string ErrnoText(std::string_view what, int error) {
  std::string out(what);
  out.append(": ", 2);
  std::string text = strerror(error);
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')) {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return out + text;
}

std::string DurationText(int64_t nanoseconds) {
  int64_t milliseconds = nanoseconds / kMillisecond;
  if (milliseconds < 1000) return Number(milliseconds) + "ms";
  std::string out;
  const int64_t hours = milliseconds / 3'600'000, minutes = milliseconds / 60'000 % 60;
  if (hours > 0) out += Number(hours) + "h";
  if (hours > 0 || minutes > 0) out += Number(minutes) + "m";
  milliseconds %= 60'000;
  out += Number(milliseconds / 1000);
  if (int64_t fraction = milliseconds % 1000; fraction != 0) {
    std::string digits = Number(fraction + 1000).substr(1);
    while (digits.back() == '0') digits.pop_back();
    out += "." + digits;
  }
  return out + "s";
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string ReadSmallFile(const char* path, size_t limit) {
  std::string out;
  Fd fd(open(path, O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  while (fd && out.size() < limit) {
    const ssize_t n = read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    out.append(buffer, static_cast<size_t>(n));
  }
  return out;
}

bool WriteSmallFile(const char* path, std::string_view data) {
  Fd fd(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return fd && write(fd.get(), data.data(), data.size()) == static_cast<ssize_t>(data.size());
}

void LogLine(std::string_view text) {
  std::string line;
  loglines::AppendRfc3339(WallNow(), &line);
  line.push_back(' ');
  line.append(text.data(), text.size());
  line.push_back('\n');
  // Nothing can be done about a failure.
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace buoy::shim
