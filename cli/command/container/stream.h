#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "api/client/client.h"
#include "cli/command/cli.h"
#include "cli/command/terminal.h"
#include "common/result/result.h"

namespace buoy::cli {

struct StreamOptions {
  bool stdin_attached = false;
  bool stdout_attached = true;
  bool stderr_attached = true;
  bool tty = false;
  std::string detach_keys;  // "" = ctrl-p,ctrl-q
};

// Copies between the user's streams and a hijacked connection: a container's attach or an exec.
class ContainerStream {
 public:
  // Starts the input side in a thread. The terminal is raw (when tty and stdin) until Wait() or
  // Cancel(). The object is never destroyed: its thread may be blocked in read() until the process
  // ends.
  static Result<ContainerStream*> Start(Cli& cli, api::HijackedStream connection,
                                        StreamOptions options);

  // Copies output until it ends (or, without output, until input has ended).
  // The error kCancelled "read escape sequence" = the detach keys were typed.
  Status Wait();
  // Ends the stream from this side.
  void Cancel();
  bool has_output() const { return options_.stdout_attached || options_.stderr_attached; }

 private:
  ContainerStream(Cli& cli, api::HijackedStream connection, StreamOptions options);
  void CopyInput();
  Status CopyOutput();
  bool SendInput(std::string_view data);

  Cli& cli_;
  api::HijackedStream connection_;
  StreamOptions options_;
  RawTerminal raw_;
  std::mutex mutex_;
  std::condition_variable input_changed_;
  bool input_done_ = false;
  std::atomic<bool> detached_ = false;
};

// The error that Wait() gives for the detach keys.
bool IsDetach(const Error& error);

// Keeps a container's (or, with `exec`, an exec's) terminal as large as the user's.
void ResizeTerminal(Cli& cli, const std::string& id, bool exec, WindowSize size);
void MonitorTerminalSize(Cli& cli, const std::string& id, bool exec);

// Fails with "the input device is not a TTY" where Docker does.
Status CheckTty(bool attach_stdin, bool tty);

}  // namespace buoy::cli
