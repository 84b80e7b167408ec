#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::api {

// Which program reaches the daemon behind ssh://[USER@]HOST[:PORT][/SOCKET]:
// ssh ... -- HOST docker system dial-stdio, as the docker CLI runs it. Errors have its texts:
// "ssh host connection is not valid: invalid SSH URL: hostname is empty".
Result<std::vector<std::string>> SshCommand(const std::string& url);

// A program whose stdin and stdout are one connection. It ends by itself when the connection is
// closed; it is not killed.
class CommandConnection {
 public:
  // `command` is looked up in PATH.
  static Result<CommandConnection> Start(const std::vector<std::string>& command);

  Fd TakeFd() { return std::move(fd_); }
  // After the connection's unexpected end: waits for the program's for a while. What it has to say
  // about a failure, or "" when it ended well.
  std::string FailureText();

 private:
  Fd fd_, stderr_;
  pid_t pid_ = 0;
  std::vector<std::string> command_;
};

}  // namespace buoy::api
