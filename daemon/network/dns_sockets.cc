#include "daemon/network/dns_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "common/unix/netns.h"
#include "daemon/network/nft.h"

namespace buoy::network {
namespace {

constexpr char kAddress[] = "127.0.0.11";
constexpr char kTable[] = "buoy_dns";

Result<Fd> Open(int type) {
  Fd fd(socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return ErrnoError("socket for DNS");
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, kAddress, &address.sin_addr);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return ErrnoError("bind " + std::string(kAddress));
  }
  if (type == SOCK_STREAM && listen(fd.get(), SOMAXCONN) != 0) return ErrnoError("listen for DNS");
  return fd;
}

Result<int> PortOf(const Fd& fd) {
  sockaddr_in address = {};
  socklen_t length = sizeof address;
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return ErrnoError("getsockname");
  }
  return static_cast<int>(ntohs(address.sin_port));
}

Status LeadPort53To(const std::vector<Fd>& sockets) {
  BUOY_ASSIGN(Nft nft, Nft::Open());
  BUOY_ASSIGN(const int udp, PortOf(sockets[0]));
  BUOY_ASSIGN(const int tcp, PortOf(sockets[1]));
  const std::string table = "table ip " + std::string(kTable);
  const std::string rule =
      "add rule ip " + std::string(kTable) + " output ip daddr " + kAddress + " ";
  const std::string target = " dport 53 dnat to " + std::string(kAddress) + ":";
  auto done =
      nft.Run("add " + table + "\ndelete " + table + "\nadd " + table + "\nadd chain ip " + kTable +
              " output { type nat hook output priority -100; }\n" + rule + "udp" + target +
              std::to_string(udp) + "\n" + rule + "tcp" + target + std::to_string(tcp) + "\n");
  if (!done.ok()) return std::move(done).error().Context("NAT of the DNS server");
  return Ok();
}

}  // namespace

Result<std::vector<Fd>> OpenDnsSockets(int netns_fd) {
  std::vector<Fd> sockets;
  BUOY_TRY(RunInNetns(netns_fd, [&]() -> Status {
    for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
      BUOY_ASSIGN(Fd fd, Open(type));
      sockets.push_back(std::move(fd));
    }
    return LeadPort53To(sockets);
  }));
  return sockets;
}

}  // namespace buoy::network
