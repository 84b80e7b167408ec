#include "daemon/server/listeners.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "common/unix/file.h"
#include "common/unix/socket.h"
#include "common/unix/tcp.h"
#include "daemon/config/checks.h"
#include "daemon/config/notices.h"
#include "daemon/config/paths.h"
#include "daemon/logging/log.h"

namespace buoy::server {
namespace {

constexpr int kFirstActivationFd = 3;
constexpr int kBacklog = 4096;
constexpr char kDefaultGroup[] = "docker";

// The group's id; the default group may be missing, as on a host without Docker.
Result<gid_t> SocketGroup(const std::string& name) {
  if (name.empty()) return gid_t{0};
  if (const group* found = getgrnam(name.c_str())) return found->gr_gid;
  char* end = nullptr;
  const unsigned long number = std::strtoul(name.c_str(), &end, 10);
  if (*end == '\0') return static_cast<gid_t>(number);
  if (name == kDefaultGroup) {
    log::Debug("could not change group of the socket to docker: group docker not found");
    return gid_t{0};
  }
  return NotFound("group " + name + " not found");
}

// What a socket is bound to: a path or "host:port".
std::string BoundTo(int fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) return "";
  if (bound.ss_family != AF_UNIX) return TcpText(reinterpret_cast<sockaddr*>(&bound), length);
  return reinterpret_cast<const sockaddr_un*>(&bound)->sun_path;
}

bool IsSocketFile(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

// The inherited socket that is bound to `address`, if there is one. A socket whose file has been
// removed is of no use.
Fd TakeBound(std::vector<Inherited>& inherited, const std::string& address) {
  for (auto at = inherited.begin(); at != inherited.end(); ++at) {
    if (BoundTo(at->fd.get()) != address) continue;
    if (address[0] == '/' && !IsSocketFile(address)) continue;
    Fd fd = std::move(at->fd);
    inherited.erase(at);
    return fd;
  }
  return Fd();
}

Result<Listener> ListenOnUnix(const std::string& path, const std::string& group,
                              std::vector<Inherited>& inherited) {
  if (path.empty() || path[0] != '/') {
    return InvalidArgument("can't create unix socket " + path + ": the path must be absolute");
  }
  if (Fd fd = TakeBound(inherited, path)) return Listener{path, std::move(fd), nullptr, path};
  BUOY_ASSIGN_CONTEXT(const gid_t gid, SocketGroup(group), "can't create unix socket " + path);
  BUOY_TRY(MakeDirs(path.substr(0, path.rfind('/')), 0755));
  if (ConnectUnix(path, SOCK_STREAM).ok()) {
    return Conflict("can't create unix socket " + path +
                    ": another daemon (dockerd?) is listening there; stop it or choose another "
                    "socket with -H");
  }
  struct stat info {};
  if (lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return Conflict("can't create unix socket " + path + ": is a directory");
  }
  BUOY_ASSIGN_CONTEXT(Fd fd, ListenUnix(path, SOCK_STREAM, 0660),
                      "can't create unix socket " + path);
  if (chown(path.c_str(), 0, gid) != 0) return ErrnoError("chown " + path);
  return Listener{path, std::move(fd), nullptr, path};
}

Result<Listener> ListenOnTcp(const std::string& host_port, std::shared_ptr<api::TlsContext> tls,
                             std::vector<Inherited>& inherited) {
  BUOY_ASSIGN(TcpAddress address, ResolveListener(host_port));
  Fd fd = TakeBound(inherited, TcpText(address.get(), address.size));
  if (!fd) {
    BUOY_ASSIGN(fd, ListenTcp(address, kBacklog));
  }
  std::string text = BoundTo(fd.get());
  return Listener{std::move(text), std::move(fd), std::move(tls), ""};
}

// fd:// is all of them; fd://N the one with that number.
Result<std::vector<Listener>> TakeActivated(const std::string& url,
                                            std::vector<Inherited>& inherited) {
  std::vector<Listener> out;
  const bool all = url == "fd://" || url == "fd://*";
  for (auto& socket : inherited) {
    if (!socket.fd || !socket.address.starts_with("fd://")) continue;
    if (all || socket.address == url) {
      out.push_back({socket.address, std::move(socket.fd), nullptr, ""});
    }
  }
  if (out.empty()) {
    return Unavailable(
        "no sockets found via socket activation: make sure the service was started by systemd");
  }
  return out;
}

Result<std::shared_ptr<api::TlsContext>> ServerTls(const config::Settings& settings) {
  if (!settings.Bool("tlsverify") && !settings.Bool("tls")) {
    return std::shared_ptr<api::TlsContext>();
  }
  return api::TlsContext::Server(ServerTlsFiles(settings));
}

}  // namespace

api::TlsFiles ServerTlsFiles(const config::Settings& settings) {
  const bool verify = settings.Bool("tlsverify");
  return {.ca = verify ? settings.String("tlscacert") : "",
          .cert = settings.String("tlscert"),
          .key = settings.String("tlskey"),
          .verify = verify};
}

std::vector<Inherited> ActivationSockets() {
  std::vector<Inherited> out;
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (pid != nullptr && count != nullptr && std::atol(pid) == getpid()) {
    for (int fd = kFirstActivationFd; fd < kFirstActivationFd + std::atoi(count); ++fd) {
      fcntl(fd, F_SETFD, FD_CLOEXEC);
      out.push_back({"fd://" + std::to_string(fd), Fd(fd)});
    }
  }
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  return out;
}

Result<std::vector<Listener>> OpenListeners(const config::Settings& settings,
                                            std::vector<Inherited> inherited) {
  config::List hosts = settings.GetList("hosts");
  if (hosts.empty()) hosts.push_back(std::string("unix://") + config::kDefaultSocket);
  BUOY_ASSIGN(auto tls, ServerTls(settings));
  std::vector<Listener> out;
  std::vector<std::string> activated;
  for (const auto& host : hosts) {
    BUOY_ASSIGN(const std::string url, config::NormalizeHost(host));
    for (const auto& warning : config::HostWarnings(settings, host)) {
      log::Warn(warning, {{"host", url}});
    }
    const std::string rest = url.substr(url.find("://") + 3);
    if (url.starts_with("fd://")) {
      activated.push_back(url);
    } else if (url.starts_with("unix://")) {
      BUOY_ASSIGN_CONTEXT(Listener listener,
                          ListenOnUnix(rest, settings.String("group"), inherited),
                          "failed to load listeners");
      out.push_back(std::move(listener));
    } else {
      BUOY_ASSIGN_CONTEXT(Listener listener, ListenOnTcp(rest, tls, inherited),
                          "failed to load listeners");
      out.push_back(std::move(listener));
    }
  }
  for (const auto& url : activated) {
    BUOY_ASSIGN(auto taken, TakeActivated(url, inherited));
    for (auto& listener : taken) out.push_back(std::move(listener));
  }
  return out;
}

}  // namespace buoy::server
