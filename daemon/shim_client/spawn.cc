#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "common/unix/file.h"
#include "common/unix/socket.h"
#include "daemon/shim_client/shim_client.h"

extern char** environ;

namespace buoy::shim {

namespace {

constexpr int kListenFd = 3, kRuntimeFd = 4;
constexpr char kInstalledShim[] = "/usr/libexec/buoy/buoy-shim";

// Best effort: the daemon's service manager must not take the shim down with the daemon.
void MoveToCgroups(const std::vector<std::string>& cgroups, int pid) {
  for (const std::string& folder : cgroups) {
    if (!MakeDirs(folder).ok()) continue;
    if (!WriteExistingFile(folder + "/cgroup.procs", std::to_string(pid)).ok()) continue;
  }
}

// The shim's first process ends as soon as the second is on its way.
Status RunToBackground(const std::vector<std::string>& argv, int listener, int runtime) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  // Sources above the targets, or dup2 of an fd onto itself would keep close-on-exec.
  const Fd source(fcntl(listener, F_DUPFD_CLOEXEC, kRuntimeFd + 1));
  const Fd program(runtime < 0 ? -1 : fcntl(runtime, F_DUPFD_CLOEXEC, kRuntimeFd + 1));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, source.get(), kListenFd);
  if (program) posix_spawn_file_actions_adddup2(&actions, program.get(), kRuntimeFd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, pointers[0], &actions, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return ErrnoError("start " + argv[0], error);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno == ECHILD) return Ok();  // somebody else reaps here
    if (errno != EINTR) return ErrnoError("wait for " + argv[0]);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return Internal(argv[0] + " failed to start");
  return Ok();
}

}  // namespace

std::string FindShim() {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::string beside = (self.parent_path() / "buoy-shim").string();
  if (access(beside.c_str(), X_OK) == 0) return beside;
  return kInstalledShim;
}

Result<std::shared_ptr<ShimClient>> ShimClient::Spawn(ShimHub& hub, const SpawnOptions& options) {
  const std::string path = options.shim_path.empty() ? FindShim() : options.shim_path;
  if (access(path.c_str(), X_OK) != 0) {
    // Not in errno's words: a client takes those for the container's own program being missing.
    return Internal("the supervisor buoy-shim is missing: it is neither beside buoyd nor at " +
                    path);
  }
  BUOY_ASSIGN_CONTEXT(Fd listener, ListenUnix(options.socket_path, SOCK_SEQPACKET), "shim socket");
  std::vector<std::string> argv = {path,
                                   "--id",
                                   options.container_id,
                                   "--listen-fd",
                                   std::to_string(kListenFd),
                                   "--socket",
                                   options.socket_path,
                                   "--journal",
                                   options.journal_path,
                                   "--log",
                                   options.socket_path + ".log"};
  if (!options.pid_path.empty()) {
    argv.push_back("--pid-file");
    argv.push_back(options.pid_path);
  }
  if (options.runtime_fd >= 0) {
    argv.insert(argv.end(),
                {"--runtime", options.runtime_path, "--runtime-fd", std::to_string(kRuntimeFd)});
  }
  BUOY_TRY(RunToBackground(argv, listener.get(), options.runtime_fd));
  listener.reset();
  BUOY_ASSIGN_CONTEXT(auto client, Connect(hub, options.socket_path), "shim");
  MoveToCgroups(options.cgroups, client->initial_state().shim_pid);
  return client;
}

}  // namespace buoy::shim
