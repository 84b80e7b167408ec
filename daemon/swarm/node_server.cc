#include "daemon/swarm/node_server.h"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>

#include "common/unix/tcp.h"
#include "daemon/logging/log.h"

namespace buoy::swarm {
namespace {

constexpr std::chrono::seconds kRequestTime{10};
constexpr int kMaxConnections = 256;
constexpr int kBacklog = 128;
constexpr int kRetryMilliseconds = 200;

Result<Fd> Listen(const std::string& address) {
  BUOY_ASSIGN(TcpAddress where, ResolveListener(address));
  BUOY_ASSIGN_CONTEXT(Fd fd, ListenTcp(where, kBacklog), "failed to listen on remote API address");
  return fd;
}

std::string TextOf(const sockaddr_storage& peer, socklen_t size) {
  char host[NI_MAXHOST] = {};
  getnameinfo(reinterpret_cast<const sockaddr*>(&peer), size, host, sizeof host, nullptr, 0,
              NI_NUMERICHOST);
  std::string text = host;
  return text.starts_with("::ffff:") ? text.substr(7) : text;
}

}  // namespace

Result<std::unique_ptr<NodeServer>> NodeServer::Start(const std::string& address,
                                                      const NodeCredentials& credentials,
                                                      bool patient, Handler handler) {
  BUOY_ASSIGN(NodeTlsContext context, NewNodeTls(credentials, true));
  Fd stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return ErrnoError("eventfd");
  std::unique_ptr<NodeServer> server(
      new NodeServer(address, std::move(stop), std::move(context), std::move(handler)));
  auto listener = Listen(address);
  if (listener.ok()) {
    server->listener_ = *std::move(listener);
  } else if (!patient) {
    return std::move(listener).error();
  } else {
    log::Warn("the swarm's port cannot be listened on yet",
              {{"error", listener.error().message()}});
  }
  server->acceptor_ = std::thread([raw = server.get()] { raw->Accept(); });
  return server;
}

NodeServer::~NodeServer() {
  eventfd_write(stop_.get(), 1);
  if (acceptor_.joinable()) acceptor_.join();
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return serving_ == 0; });
}

Status NodeServer::SetCredentials(const NodeCredentials& credentials) {
  BUOY_ASSIGN(NodeTlsContext context, NewNodeTls(credentials, true));
  std::lock_guard lock(mutex_);
  context_ = std::move(context);
  return Ok();
}

// False when the server is to stop first.
bool NodeServer::ListenPatiently() {
  while (!listener_) {
    pollfd poller{stop_.get(), POLLIN, 0};
    if (poll(&poller, 1, kRetryMilliseconds) > 0) return false;
    auto listener = Listen(address_);
    if (!listener.ok()) continue;
    listener_ = *std::move(listener);
    log::Info("Listening for the swarm's nodes", {{"address", address_}});
  }
  return true;
}

void NodeServer::Accept() {
  if (!ListenPatiently()) return;
  for (;;) {
    pollfd pollers[] = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    if (poll(pollers, 2, -1) < 0 && errno != EINTR) return;
    if (pollers[0].revents != 0) return;
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    Fd connection(accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                          SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection) {
      // Out of descriptors: the others need time to end.
      if (errno == EMFILE || errno == ENFILE) poll(pollers, 1, kRetryMilliseconds);
      continue;
    }
    std::lock_guard lock(mutex_);
    if (serving_ >= kMaxConnections) continue;
    ++serving_;
    std::thread([this, address = TextOf(peer, size), fd = std::move(connection)]() mutable {
      Serve(std::move(fd), address);
      std::lock_guard done(mutex_);
      if (--serving_ == 0) idle_.notify_all();
    }).detach();
  }
}

void NodeServer::Serve(Fd connection, const std::string& address) {
  std::shared_ptr<ssl_ctx_st> context;
  {
    std::lock_guard lock(mutex_);
    context = context_;
  }
  const Deadline deadline = std::chrono::steady_clock::now() + kRequestTime;
  auto channel = NodeChannel::Accept(std::move(connection), context.get(), deadline);
  if (!channel.ok()) {
    log::Debug("a node was not let in",
               {{"address", address}, {"error", channel.error().message()}});
    return;
  }
  auto request = channel->Receive(deadline);
  if (!request.ok()) return;
  (void)channel->Send(handler_(*request, channel->PeerCertificate(), address), deadline);
}

}  // namespace buoy::swarm
