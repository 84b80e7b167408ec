#pragma once

#include <netinet/in.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/dns_message.h"
#include "daemon/shim/dns_names.h"
#include "daemon/shim/event_loop.h"

namespace buoy::shim {

class DnsForward;
class DnsTcpClient;

// Who asked, and how an answer reaches them.
struct DnsClient {
  bool tcp = false;
  struct sockaddr_storage address = {};  // by UDP
  socklen_t address_length = 0;
  uint64_t connection = 0;  // by TCP
};

// The DNS server of a container's network namespace, Docker's 127.0.0.11: answers for the names of
// its networks, forwards what it does not know. Works without the daemon.
class DnsServer final : public EventHandler {
 public:
  // `folder` holds the files `dns` and `resolvers`.
  DnsServer(EventLoop& loop, const std::string& folder);
  ~DnsServer();

  // Serves on these sockets of the container's namespace: a UDP socket and a listening TCP one.
  // None = serves no more.
  void Serve(std::vector<Fd> sockets);

  void OnEvent(uint32_t events) override;  // of the UDP socket

  // --- for its parts ---
  void OnQuery(const DnsClient& client, std::string_view message);
  void Send(const DnsClient& client, std::string_view message);
  void Finished(DnsForward& forward);
  void Closed(DnsTcpClient& client);
  EventLoop& loop() { return loop_; }
  // A non-blocking socket of the namespace from which this server is to be asked.
  Fd OpenSocket(int family, int type, bool from_host);

 private:
  class Acceptor final : public EventHandler {
   public:
    explicit Acceptor(DnsServer& owner) : owner_(owner) {}
    void OnEvent(uint32_t) override { owner_.OnAccept(); }

   private:
    DnsServer& owner_;
  };
  void OnAccept();
  // False = the names of the networks have no answer.
  bool AnswerOwn(const DnsClient& client, const DnsQuery& query);
  void Answer(const DnsClient& client, const DnsQuery& query, DnsCode code,
              const std::vector<DnsRecord>& records);
  void Stop();

  EventLoop& loop_;
  const std::string folder_;
  DnsNames names_;
  Acceptor acceptor_{*this};
  Fd udp_, tcp_;
  uint64_t next_connection_ = 1;
  size_t turn_ = 0;  // round robin
  std::vector<std::unique_ptr<DnsForward>> forwards_;
  std::vector<std::unique_ptr<DnsTcpClient>> clients_;
};

}  // namespace buoy::shim
