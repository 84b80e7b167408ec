#include "cli/command/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <utility>

#include "cli/opts/text.h"

namespace buoy::cli {
namespace {

// The one terminal in raw mode, for RestoreTerminalFromSignal().
std::atomic<int> raw_fd = -1;
termios raw_saved;

// A line without its newline; false at the end of input.
bool ReadLine(std::string& line) {
  line.clear();
  char c;
  while (true) {
    ssize_t got = read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return !line.empty();
    if (c == '\n') return true;
    line += c;
  }
}

}  // namespace

bool IsTerminal(int fd) { return isatty(fd) == 1; }

WindowSize TerminalSize(int fd) {
  winsize size{};
  if (!IsTerminal(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_row, size.ws_col};
}

Result<RawTerminal> RawTerminal::Enter(int fd) {
  RawTerminal raw;
  const char* off = getenv("NORAW");
  if (!IsTerminal(fd) || (off != nullptr && *off != '\0')) return raw;
  if (tcgetattr(fd, &raw.saved_) != 0) return ErrnoError("tcgetattr");
  termios mode = raw.saved_;
  cfmakeraw(&mode);
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  raw_saved = raw.saved_;
  if (tcsetattr(fd, TCSANOW, &mode) != 0) return ErrnoError("tcsetattr");
  raw.fd_ = fd;
  raw_fd = fd;
  return raw;
}

RawTerminal::RawTerminal(RawTerminal&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), saved_(other.saved_) {}

RawTerminal& RawTerminal::operator=(RawTerminal&& other) noexcept {
  if (this != &other) {
    Restore();
    fd_ = std::exchange(other.fd_, -1);
    saved_ = other.saved_;
  }
  return *this;
}

void RawTerminal::Restore() {
  if (fd_ < 0) return;
  tcsetattr(fd_, TCSANOW, &saved_);
  fd_ = -1;
  raw_fd = -1;
}

void RestoreTerminalFromSignal() {
  if (int fd = raw_fd.exchange(-1); fd >= 0) tcsetattr(fd, TCSANOW, &raw_saved);
}

Result<bool> Confirm(Cli& cli, const std::string& message) {
  cli.Out((message.empty() ? "Do you wish to proceed?" : message) + " [y/N] ");
  std::string line;
  ReadLine(line);
  line = opts::Trim(line);
  return line == "y" || line == "Y";
}

Result<std::string> Prompt(Cli& cli, const std::string& message, bool secret) {
  cli.Out(message);
  termios saved{};
  bool hide = secret && tcgetattr(STDIN_FILENO, &saved) == 0;
  if (hide) {
    termios quiet = saved;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  std::string line;
  ReadLine(line);
  if (hide) tcsetattr(STDIN_FILENO, TCSANOW, &saved);
  return opts::Trim(line);
}

}  // namespace buoy::cli
