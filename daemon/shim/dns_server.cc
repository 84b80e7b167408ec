#include "daemon/shim/dns_server.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "daemon/shim/dns_forward.h"
#include "daemon/shim/io_buffer.h"
#include "daemon/shim/text.h"

namespace buoy::shim {
namespace {

constexpr size_t kMaxForwards = 256, kMaxClients = 64;
constexpr size_t kMaxTcpMessage = 65535;

}  // namespace

DnsServer::DnsServer(EventLoop& loop, const std::string& folder)
    : loop_(loop), folder_(folder), names_(folder + "/dns") {}

DnsServer::~DnsServer() { Stop(); }

void DnsServer::Stop() {
  forwards_.clear();
  clients_.clear();
  for (Fd* fd : {&udp_, &tcp_}) {
    if (*fd) loop_.Forget(fd->get());
    fd->reset();
  }
}

void DnsServer::Serve(std::vector<Fd> sockets) {
  Stop();
  if (sockets.size() < 2) return;
  udp_ = std::move(sockets[0]);
  tcp_ = std::move(sockets[1]);
  loop_.Watch(udp_.get(), EPOLLIN, this);
  loop_.Watch(tcp_.get(), EPOLLIN, &acceptor_);
}

Fd DnsServer::OpenSocket(int family, int type, bool from_host) {
  const int flags = type | SOCK_CLOEXEC | SOCK_NONBLOCK;
  if (from_host) return Fd(socket(family, flags, 0));
  const Fd own(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  const Fd theirs(ioctl(udp_.get(), SIOCGSKNS));
  if (!own || !theirs || setns(theirs.get(), CLONE_NEWNET) != 0) return Fd();
  Fd fd(socket(family, flags, 0));
  // The host's ports are relayed from this very thread: it must not stay there.
  if (setns(own.get(), CLONE_NEWNET) != 0) {
    LogLine("cannot return to the host's network namespace");
    abort();
  }
  return fd;
}

void DnsServer::OnEvent(uint32_t) {
  DnsClient client;
  client.address_length = sizeof client.address;
  const ssize_t n =
      recvfrom(udp_.get(), g_io_buffer, kIoBufferSize, MSG_DONTWAIT,
               reinterpret_cast<struct sockaddr*>(&client.address), &client.address_length);
  if (n > 0) OnQuery(client, std::string(g_io_buffer, static_cast<size_t>(n)));
}

void DnsServer::OnAccept() {
  Fd fd(accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) return;
  if (clients_.size() >= kMaxClients) clients_.erase(clients_.begin());
  clients_.push_back(std::make_unique<DnsTcpClient>(*this, std::move(fd), next_connection_++));
  clients_.back()->Start();
}

void DnsServer::OnQuery(const DnsClient& client, std::string_view message) {
  DnsQuery query;
  switch (ParseDnsQuery(message, &query)) {
    case DnsVerdict::kIgnore:
      return;
    case DnsVerdict::kFormatError:
      return Answer(client, query, DnsCode::kFormatError, {});
    case DnsVerdict::kNotImplemented:
      return Answer(client, query, DnsCode::kNotImplemented, {});
    case DnsVerdict::kFine:
      break;
  }
  if (AnswerOwn(client, query)) return;
  DnsResolvers resolvers = ReadDnsResolvers(folder_ + "/resolvers");
  const bool address = query.type == kDnsTypeA || query.type == kDnsTypeAaaa;
  // The client is to try its search domains first (moby's serveDNS).
  if (address && resolvers.ndots && query.name.find('.') == std::string::npos) {
    return Answer(client, query, DnsCode::kNoError, {});
  }
  if (resolvers.servers.empty()) return Answer(client, query, DnsCode::kServerFailure, {});
  if (forwards_.size() >= kMaxForwards) return Answer(client, query, DnsCode::kRefused, {});
  forwards_.push_back(
      std::make_unique<DnsForward>(*this, client, std::move(query), message, std::move(resolvers)));
  forwards_.back()->Start();
}

bool DnsServer::AnswerOwn(const DnsClient& client, const DnsQuery& query) {
  std::vector<DnsRecord> records;
  if (query.type == kDnsTypePtr) {
    const std::string address = AddressOfPtrName(query.name);
    const std::string name = address.empty() ? "" : names_.NameOf(address);
    if (name.empty()) return false;
    records.push_back(PtrRecord(name));
  } else if (query.type == kDnsTypeA || query.type == kDnsTypeAaaa || query.type == kDnsTypeMx) {
    const std::vector<std::string> addresses = names_.AddressesOf(query.name);
    if (addresses.empty()) return false;
    for (const std::string& address : addresses) {
      DnsRecord record = AddressRecord(address);
      if (record.type == query.type) records.push_back(std::move(record));
    }
    if (records.size() > 1) {
      std::rotate(records.begin(), records.begin() + static_cast<long>(turn_++ % records.size()),
                  records.end());
    }
  } else {
    return false;
  }
  Answer(client, query, DnsCode::kNoError, records);
  return true;
}

void DnsServer::Answer(const DnsClient& client, const DnsQuery& query, DnsCode code,
                       const std::vector<DnsRecord>& records) {
  const size_t limit = client.tcp ? kMaxTcpMessage : query.udp_size;
  Send(client, BuildDnsAnswer(query, code, records, limit));
}

void DnsServer::Send(const DnsClient& client, std::string_view message) {
  if (!client.tcp) {
    // A datagram that cannot be sent is lost, as datagrams are.
    (void)!sendto(udp_.get(), message.data(), message.size(), MSG_DONTWAIT,
                  reinterpret_cast<const struct sockaddr*>(&client.address), client.address_length);
    return;
  }
  for (const auto& connection : clients_) {
    if (connection->id() == client.connection) return connection->Send(message);
  }
}

void DnsServer::Finished(DnsForward& forward) {
  for (size_t i = 0; i < forwards_.size(); i++) {
    if (forwards_[i].get() != &forward) continue;
    DnsForward* done = forwards_[i].release();
    forwards_.erase(forwards_.begin() + static_cast<long>(i));
    loop_.Defer([done] { delete done; });
    return;
  }
}

void DnsServer::Closed(DnsTcpClient& client) {
  for (size_t i = 0; i < clients_.size(); i++) {
    if (clients_[i].get() != &client) continue;
    DnsTcpClient* done = clients_[i].release();
    clients_.erase(clients_.begin() + static_cast<long>(i));
    loop_.Defer([done] { delete done; });
    return;
  }
}

}  // namespace buoy::shim
