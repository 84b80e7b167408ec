#pragma once

#include <termios.h>

#include <string>

#include "cli/command/cli.h"
#include "common/result/result.h"

namespace buoy::cli {

bool IsTerminal(int fd);

struct WindowSize {
  unsigned height = 0;
  unsigned width = 0;
};
// Zeros when the descriptor is no terminal.
WindowSize TerminalSize(int fd);

// Puts a terminal into raw mode; the destructor (or Restore) puts it back. Does nothing when `fd`
// is no terminal or NORAW is set.
class RawTerminal {
 public:
  static Result<RawTerminal> Enter(int fd);
  RawTerminal() = default;
  RawTerminal(RawTerminal&& other) noexcept;
  RawTerminal& operator=(RawTerminal&& other) noexcept;
  ~RawTerminal() { Restore(); }
  void Restore();

 private:
  int fd_ = -1;
  termios saved_{};
};

// Restores the terminal that is in raw mode, if any; async-signal-safe, for the handler of a fatal
// signal.
void RestoreTerminalFromSignal();

// "message [y/N] " on stdout, the answer from stdin.
Result<bool> Confirm(Cli& cli, const std::string& message);
// A line from stdin, without echo when `secret`.
Result<std::string> Prompt(Cli& cli, const std::string& message, bool secret);

}  // namespace buoy::cli
