#include "api/server/testing/raw_client.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "api/http/body.h"
#include "common/unix/socket.h"

namespace buoy::api {

RawClient RawClient::ConnectTo(const std::string& socket_path) {
  Result<Fd> fd = ConnectUnix(socket_path, SOCK_STREAM);
  return RawClient(fd.ok() ? *std::move(fd) : Fd());
}

RawClient RawClient::ConnectTcp(int port) {
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  return RawClient(std::move(fd));
}

bool RawClient::Send(std::string_view data) {
  return connection_->Write(data).ok() && connection_->Flush().ok();
}

RawReply RawClient::Read(std::string_view method) {
  RawReply reply;
  size_t size = 0;
  while ((size = HeadSize(connection_->read_ahead(), 0)) == 0) {
    Result<size_t> got = connection_->Fill(kTimeoutMs);
    if (!got.ok() || *got == 0) return reply;
  }
  Result<ResponseHead> head = ParseResponseHead(connection_->read_ahead().substr(0, size));
  if (!head.ok()) return reply;
  connection_->Consume(size);
  reply.status = head->status;
  reply.headers = head->headers;
  Result<BodyFraming> framing = ResponseFraming(*head, method);
  if (!framing.ok() || (head->status == 200 && framing->length < 0 && !framing->chunked)) {
    return reply;  // a stream: the caller's
  }
  BodyReader body(*connection_, *framing);
  StringSink sink;
  reply.complete = CopyStream(body, sink).ok();
  reply.body = sink.Take();
  return reply;
}

RawReply RawClient::Request(const std::string& method, const std::string& target,
                            const std::string& json) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: a\r\n";
  if (!json.empty()) {
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) + "\r\n";
  }
  return Ask(text + "\r\n" + json, method);
}

std::string RawClient::ReadBytes(size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    std::array<char, 4096> buffer;
    std::span<char> part(buffer.data(), std::min(buffer.size(), size - bytes.size()));
    Result<size_t> got = connection_->Read(part, kTimeoutMs);
    if (!got.ok() || *got == 0) break;
    bytes.append(buffer.data(), *got);
  }
  return bytes;
}

std::string RawClient::ReadToEnd(bool* closed) {
  std::string bytes;
  while (true) {
    std::array<char, 4096> buffer;
    Result<size_t> got = connection_->Read(buffer, kTimeoutMs);
    if (!got.ok() || *got == 0) {
      if (closed != nullptr) *closed = got.ok() || got.error().sys_errno() != EAGAIN;
      return bytes;
    }
    bytes.append(buffer.data(), *got);
  }
}

bool RawClient::AtEnd() {
  bool closed = false;
  return ReadToEnd(&closed).empty() && closed;
}

bool RawClient::SilentFor(int ms) {
  if (connection_->HasPending()) return false;
  pollfd entry{connection_->fd(), POLLIN, 0};
  return poll(&entry, 1, ms) == 0;
}

}  // namespace buoy::api
