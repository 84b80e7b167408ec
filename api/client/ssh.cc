#include "api/client/ssh.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "api/client/client.h"
#include "api/http/query.h"
#include "common/unix/socket.h"

extern char** environ;

namespace buoy::api {
namespace {

constexpr auto kExitPatience = std::chrono::seconds(10);
constexpr auto kExitPoll = std::chrono::milliseconds(10);
constexpr size_t kMaxErrorText = 4096;

struct Target {
  std::string user, host, port, path;
};

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

Result<Target> ParseTarget(const std::string& url) {
  std::string rest = url.substr(std::string_view("ssh://").size());
  if (size_t at = rest.find('#'); at != std::string::npos) {
    if (at + 1 < rest.size()) {
      return InvalidArgument("fragments are not allowed: " + Quoted(rest.substr(at + 1)));
    }
    rest.resize(at);
  }
  if (size_t at = rest.find('?'); at != std::string::npos) {
    if (at + 1 < rest.size()) {
      return InvalidArgument("query parameters are not allowed: " + Quoted(rest.substr(at + 1)));
    }
    rest.resize(at);
  }
  Target target;
  if (size_t at = rest.find('/'); at != std::string::npos) {
    target.path = Unescape(rest.substr(at), false).value_or(rest.substr(at));
    rest.resize(at);
  }
  if (size_t at = rest.rfind('@'); at != std::string::npos) {
    std::string user = rest.substr(0, at);
    if (user.find(':') != std::string::npos) {
      return InvalidArgument("plain-text password is not supported");
    }
    target.user = Unescape(user, false).value_or(user);
    rest.erase(0, at + 1);
  }
  size_t bracket = rest.rfind(']'), colon = rest.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    target.port = rest.substr(colon + 1);
    rest.resize(colon);
    if (target.port.find_first_not_of("0123456789") != std::string::npos) {
      return InvalidArgument("invalid port " + Quoted(":" + target.port) + " after host");
    }
  }
  if (rest.size() >= 2 && rest.front() == '[' && rest.back() == ']') {
    rest = rest.substr(1, rest.size() - 2);
  }
  if (rest.empty()) return InvalidArgument("hostname is empty");
  target.host = rest;
  return target;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// The ends of a program started by posix_spawn are told by its status alone.
std::string StatusText(int status) {
  if (WIFSIGNALED(status)) return std::string("signal: ") + strsignal(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<std::vector<std::string>> SshCommand(const std::string& url) {
  auto target = ParseTarget(url);
  if (!target.ok()) {
    return std::move(target).error().Context("ssh host connection is not valid: invalid SSH URL");
  }
  // One word each, as the docker CLI has them: programs that stand in for ssh rely on it.
  std::vector<std::string> command = {"ssh", "-o ConnectTimeout=30", "-T"};
  if (!target->user.empty()) command.insert(command.end(), {"-l", target->user});
  if (!target->port.empty()) command.insert(command.end(), {"-p", target->port});
  command.insert(command.end(), {"--", target->host, "docker"});
  if (!target->path.empty()) command.insert(command.end(), {"--host", "unix://" + target->path});
  command.insert(command.end(), {"system", "dial-stdio"});
  return command;
}

Status CheckSshUrl(const std::string& url) {
  BUOY_TRY(SshCommand(url));
  return Ok();
}

Result<CommandConnection> CommandConnection::Start(const std::vector<std::string>& command) {
  CommandConnection out;
  out.command_ = command;
  BUOY_ASSIGN(FdPair pair, SocketPair(SOCK_STREAM));
  out.fd_ = std::move(pair.first);
  out.stderr_ = Fd(memfd_create("stderr", MFD_CLOEXEC));
  if (!out.stderr_) return ErrnoError("memfd_create");
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pair.second.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pair.second.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.stderr_.get(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  // A session of its own: the terminal's Ctrl-C is for the container, not for ssh.
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  const int error = posix_spawnp(&out.pid_, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) {
    return Unavailable("exec: " + Quoted(command[0]) + ": executable file not found in $PATH");
  }
  if (error != 0) return ErrnoError("fork/exec " + command[0], error);
  return out;
}

std::string CommandConnection::FailureText() {
  if (pid_ == 0) return "";
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + kExitPatience;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      return "command [" + Joined(command_) + "] did not exit after EOF";
    }
    std::this_thread::sleep_for(kExitPoll);
  }
  pid_ = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  char text[kMaxErrorText];
  ssize_t size = pread(stderr_.get(), text, sizeof text, 0);
  return "command [" + Joined(command_) + "] has exited with " + StatusText(status) +
         ", make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: "
         "stderr=" +
         std::string(text, size > 0 ? static_cast<size_t>(size) : 0);
}

}  // namespace buoy::api
