#include "daemon/shim/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/shim/clock.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {

// A shim whose daemon never connected.
constexpr int64_t kFirstContact = 30 * kSecond;

std::string EncodeRecord(const Record& record) { return EncodeMessage(record, 0); }

}  // namespace

void Server::Start(Fd listener, std::string socket_path) {
  listener_ = std::move(listener);
  socket_path_ = std::move(socket_path);
  loop_.Watch(listener_.get(), EPOLLIN, this);
  relisten_.Watch(loop_);
  loop_.After(kFirstContact, [this] {
    ever_connected_ = true;
    ExitIfIdle();
  });
}

void Server::Relisten() {
  if (quitting_) return;
  if (!container_.RestoreFolder()) LogLine(ErrnoText("restore the bundle", errno));
  Fd listener = ListenAt(socket_path_);
  if (!listener) {
    LogLine(ErrnoText("listen again at " + socket_path_, errno));
    return;
  }
  loop_.Forget(listener_.get());
  listener_ = std::move(listener);
  loop_.Watch(listener_.get(), EPOLLIN, this);
}

void Server::OnEvent(uint32_t) {
  Fd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) return;
  const int size = static_cast<int>(kMaxMessage);
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  ever_connected_ = true;
  connections_.push_back(std::make_unique<Connection>(*this, loop_, std::move(fd), next_id_++));
  connections_.back()->Start();
}

void Server::OnDisconnect(Connection& connection) {
  for (size_t i = 0; i < connections_.size(); i++) {
    if (connections_[i].get() != &connection) continue;
    Connection* removed = connections_[i].release();
    connections_.erase(connections_.begin() + static_cast<long>(i));
    loop_.Defer([removed] { delete removed; });
    break;
  }
  if (!HasSubscriber()) container_.recorder().OnNoSubscriber();
  loop_.Defer([this] { ExitIfIdle(); });
}

bool Server::HasSubscriber() const {
  for (const auto& connection : connections_) {
    if (connection->subscribed) return true;
  }
  return false;
}

void Server::Publish(const Record& record) {
  for (const auto& connection : connections_) {
    if (connection->subscribed) connection->Send(EncodeRecord(record));
  }
}

void Server::Reply(const Token& token, int error, const std::string& text,
                   const std::string& payload) {
  ReplyStatus status;
  status.error = error;
  status.text = text;
  std::string message = EncodeMessage(status, token.seq) + payload;
  for (const auto& connection : connections_) {
    if (connection->id() == token.connection) {
      connection->Send(std::move(message));
      return;
    }
  }
}

void Server::Answer(const Token& token, int error) {
  Reply(token, error, error == 0 ? "" : ErrnoText("shim", error), "");
}

void Server::OnMessage(Connection& connection, std::string_view data, std::vector<Fd> fds) {
  Header header;
  if (!ParseHeader(data, &header)) return;
  const Token token{connection.id(), header.seq};
  const bool hello = header.type == static_cast<uint16_t>(MessageType::kHello);
  if (header.major != kMajorVersion || (!hello && !connection.greeted)) {
    Reply(token, EPROTONOSUPPORT, "shim protocol version " + Number(kMajorVersion) + " expected",
          "");
    return;
  }
  Dispatch(connection, header, data.substr(kHeaderSize), std::move(fds));
}

void Server::Hello(Connection& connection, const Token& token, std::string_view body) {
  HelloRequest request;
  DecodeFields(body, &request);
  connection.greeted = true;
  connection.subscribed = connection.subscribed || request.subscribe;
  if (request.subscribe) {
    for (const Record& record : journal_.pending()) connection.Send(EncodeRecord(record));
  }
  HelloReply reply;
  reply.major = kMajorVersion;
  reply.minor = kMinorVersion;
  reply.state = container_.Snapshot();
  std::string payload;
  EncodeFields(reply, &payload);
  Reply(token, 0, "", payload);
}

void Server::CloseListener() {
  if (!listener_) return;
  loop_.Forget(listener_.get());
  listener_.reset();
  unlink(socket_path_.c_str());
}

void Server::Quit(const Token& token) {
  if (container_.busy() || container_.clients().waiting() > 0) {
    Reply(token, EBUSY, "the container is in use", "");
    return;
  }
  quitting_ = true;
  CloseListener();
  Answer(token, 0);
  loop_.Defer([this] { ExitIfIdle(); });
}

void Server::ExitIfIdle() {
  if (!container_.quiet() || container_.clients().size() > 0) return;
  // One whose container has been removed needs no word more (clients that stayed may have made the
  // daemon's Quit premature).
  const bool needless = container_.phase() == Phase::kEmpty || container_.removed();
  const bool unused = needless && ever_connected_ && connections_.empty();
  if (!quitting_ && !unused) return;
  CloseListener();
  loop_.Stop();
}

}  // namespace buoy::shim
