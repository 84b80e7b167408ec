#include "daemon/server/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "common/unix/fd.h"
#include "common/unix/socket.h"

namespace buoy::server {
namespace {

bool Send(std::string_view state, const std::vector<int>& fds) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return false;
  std::strcpy(address.sun_path, path);
  const size_t length = offsetof(sockaddr_un, sun_path) + std::strlen(path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // abstract
  Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd || connect(fd.get(), reinterpret_cast<sockaddr*>(&address),
                     static_cast<socklen_t>(length)) != 0) {
    return false;
  }
  return SendMessage(fd.get(), state, fds).ok();
}

}  // namespace

void NotifyServiceManager(std::string_view state) { (void)Send(state, {}); }

std::string ReloadingState() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return "RELOADING=1\nMONOTONIC_USEC=" +
         std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1'000);
}

bool StoreDescriptor(int fd, const std::string& name) {
  return Send("FDSTORE=1\nFDNAME=" + name, {fd});
}

}  // namespace buoy::server
