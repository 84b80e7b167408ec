#include "daemon/shim/dns_forward.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/shim/clock.h"
#include "daemon/shim/io_buffer.h"

namespace buoy::shim {
namespace {

// Docker waits for 4 s for each server, its clients for 5 s in all: two servers are asked in time.
constexpr int64_t kServerPatience = 2 * kSecond;
constexpr int64_t kIdleClient = 30 * kSecond;
constexpr uint16_t kDnsPort = 53;
constexpr size_t kMaxMessage = 65535;
constexpr size_t kMaxOut = 4 * kMaxMessage;

// 0 = no address.
socklen_t ParseServer(const std::string& text, struct sockaddr_storage* out) {
  auto* v4 = reinterpret_cast<struct sockaddr_in*>(out);
  auto* v6 = reinterpret_cast<struct sockaddr_in6*>(out);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(kDnsPort);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(kDnsPort);
    return sizeof *v6;
  }
  return 0;
}

// The first whole message at the start of `data`; empty when it is not there yet.
std::string_view FirstMessage(std::string_view data) {
  if (data.size() < 2) return {};
  const size_t size = static_cast<size_t>(static_cast<unsigned char>(data[0])) << 8 |
                      static_cast<unsigned char>(data[1]);
  return data.size() < size + 2 ? std::string_view() : data.substr(2, size);
}

}  // namespace

std::string WithDnsLength(std::string_view message) {
  std::string out;
  out.push_back(static_cast<char>(message.size() >> 8));
  out.push_back(static_cast<char>(message.size() & 255));
  return out.append(message);
}

DnsForward::~DnsForward() { Close(); }

void DnsForward::Close() {
  server_.loop().Cancel(&timer_);
  if (fd_) server_.loop().Forget(fd_.get());
  fd_.reset();
  answer_.clear();
}

void DnsForward::AskNext() {
  Close();
  while (next_ < resolvers_.servers.size()) {
    if (!Ask(resolvers_.servers[next_++])) continue;
    timer_ = server_.loop().After(kServerPatience, [this] { AskNext(); });
    return;
  }
  Finish("");
}

bool DnsForward::Ask(const std::string& address) {
  struct sockaddr_storage server = {};
  const socklen_t length = ParseServer(address, &server);
  if (length == 0) return false;
  const int type = client_.tcp ? SOCK_STREAM : SOCK_DGRAM;
  fd_ = server_.OpenSocket(server.ss_family, type, resolvers_.from_host);
  if (!fd_) return false;
  connecting_ = client_.tcp;
  const int connected = connect(fd_.get(), reinterpret_cast<struct sockaddr*>(&server), length);
  if (connected != 0 && errno != EINPROGRESS) return false;
  if (!client_.tcp && send(fd_.get(), message_.data(), message_.size(), MSG_DONTWAIT) < 0) {
    return false;
  }
  server_.loop().Watch(fd_.get(), connecting_ ? EPOLLOUT : EPOLLIN, this);
  return true;
}

bool DnsForward::ReceiveUdp() {
  const ssize_t n = recv(fd_.get(), g_io_buffer, kIoBufferSize, MSG_DONTWAIT);
  if (n < 0) {
    failed_ = errno != EAGAIN;
    return false;
  }
  answer_.assign(g_io_buffer, static_cast<size_t>(n));
  // Of another query: goes on waiting.
  return answer_.size() >= 2 && answer_.compare(0, 2, message_, 0, 2) == 0;
}

bool DnsForward::ReceiveTcp() {
  const ssize_t n = recv(fd_.get(), g_io_buffer, kIoBufferSize, MSG_DONTWAIT);
  if (n <= 0) {
    failed_ = n == 0 || errno != EAGAIN;
    return false;
  }
  answer_.append(g_io_buffer, static_cast<size_t>(n));
  const std::string_view whole = FirstMessage(answer_);
  if (whole.empty()) {
    failed_ = answer_.size() > kMaxMessage + 2;
    return false;
  }
  answer_ = std::string(whole);
  return true;
}

void DnsForward::OnEvent(uint32_t events) {
  if (std::exchange(connecting_, false)) {
    const std::string framed = WithDnsLength(message_);
    const ssize_t sent = send(fd_.get(), framed.data(), framed.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(framed.size())) return AskNext();
    server_.loop().Watch(fd_.get(), EPOLLIN, this);
    return;
  }
  failed_ = (events & EPOLLERR) != 0 && (events & EPOLLIN) == 0;
  const bool whole = !failed_ && (client_.tcp ? ReceiveTcp() : ReceiveUdp());
  if (failed_) return AskNext();
  if (!whole) return;
  const DnsCode code = CodeOfDnsAnswer(answer_);
  if (code == DnsCode::kServerFailure || code == DnsCode::kRefused) return AskNext();
  const std::string answer = std::move(answer_);
  Finish(answer);
}

void DnsForward::Finish(std::string_view answer) {
  Close();
  if (answer.empty()) {
    server_.Send(client_, BuildDnsAnswer(query_, DnsCode::kServerFailure, {}, kMaxMessage));
  } else {
    server_.Send(client_, answer);
  }
  server_.Finished(*this);
}

DnsTcpClient::~DnsTcpClient() {
  server_.loop().Cancel(&timer_);
  server_.loop().Forget(fd_.get());
}

void DnsTcpClient::Start() {
  Watch();
  timer_ = server_.loop().After(kIdleClient, [this] { server_.Closed(*this); });
}

void DnsTcpClient::Watch() {
  server_.loop().Watch(fd_.get(), (ended_ ? 0u : EPOLLIN) | (out_.empty() ? 0u : EPOLLOUT), this);
}

void DnsTcpClient::OnEvent(uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return server_.Closed(*this);
  if ((events & EPOLLOUT) != 0) return Flush();
  const ssize_t n = recv(fd_.get(), g_io_buffer, kIoBufferSize, MSG_DONTWAIT);
  if (n < 0) return errno == EAGAIN ? void() : server_.Closed(*this);
  // Nothing more is asked; answers may still be under way.
  if (n == 0) {
    ended_ = true;
    return Watch();
  }
  in_.append(g_io_buffer, static_cast<size_t>(n));
  DnsClient self;
  self.tcp = true;
  self.connection = id_;
  while (true) {
    const std::string message(FirstMessage(in_));
    if (message.empty()) break;
    in_.erase(0, message.size() + 2);
    server_.OnQuery(self, message);
  }
  if (in_.size() > kMaxMessage + 2) server_.Closed(*this);
}

void DnsTcpClient::Send(std::string_view message) {
  out_ += WithDnsLength(message);
  Flush();
}

void DnsTcpClient::Flush() {
  const ssize_t sent = send(fd_.get(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) out_.erase(0, static_cast<size_t>(sent));
  if ((sent < 0 && errno != EAGAIN) || out_.size() > kMaxOut) {
    shutdown(fd_.get(), SHUT_RDWR);  // its end is seen by the loop
    out_.clear();
  }
  Watch();
}

}  // namespace buoy::shim
