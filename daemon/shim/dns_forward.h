#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/dns_server.h"
#include "daemon/shim/event_loop.h"

namespace buoy::shim {

// A query that is asked of one name server after the other, by the protocol by which it came, until
// one gives an answer that is neither SERVFAIL nor REFUSED.
class DnsForward final : public EventHandler {
 public:
  DnsForward(DnsServer& server, DnsClient client, DnsQuery query, std::string_view message,
             DnsResolvers resolvers)
      : server_(server),
        client_(client),
        query_(std::move(query)),
        message_(message),
        resolvers_(std::move(resolvers)) {}
  ~DnsForward();

  void Start() { AskNext(); }
  void OnEvent(uint32_t events) override;

 private:
  void AskNext();
  bool Ask(const std::string& address);
  void Close();
  // True once the whole answer is there.
  bool ReceiveUdp();
  bool ReceiveTcp();
  void Finish(std::string_view answer);

  DnsServer& server_;
  const DnsClient client_;
  const DnsQuery query_;
  const std::string message_;
  const DnsResolvers resolvers_;
  size_t next_ = 0;
  Fd fd_;
  bool connecting_ = false;
  bool failed_ = false;
  std::string answer_;
  EventLoop::TimerId timer_ = EventLoop::kNoTimer;
};

// A client's TCP connection; queries and answers have their length in front.
class DnsTcpClient final : public EventHandler {
 public:
  DnsTcpClient(DnsServer& server, Fd fd, uint64_t id)
      : server_(server), fd_(std::move(fd)), id_(id) {}
  ~DnsTcpClient();

  void Start();
  void OnEvent(uint32_t events) override;
  void Send(std::string_view message);
  uint64_t id() const { return id_; }

 private:
  void Watch();
  void Flush();

  DnsServer& server_;
  Fd fd_;
  const uint64_t id_;
  bool ended_ = false;
  std::string in_, out_;
  EventLoop::TimerId timer_ = EventLoop::kNoTimer;
};

// The length and the message.
std::string WithDnsLength(std::string_view message);

}  // namespace buoy::shim
