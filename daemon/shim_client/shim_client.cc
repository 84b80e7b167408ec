#include "daemon/shim_client/shim_client.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "common/unix/socket.h"
#include "daemon/shim_client/connection.h"
#include "daemon/shim_client/hub_impl.h"

namespace buoy::shim {

namespace {

// The class of an error that a shim answers.
Error ReplyError(const ReplyStatus& status) {
  const ErrorKind kind = status.error == ESRCH || status.error == ENOENT   ? ErrorKind::kNotFound
                         : status.error == EBUSY || status.error == EEXIST ? ErrorKind::kConflict
                         : status.error == EINVAL ? ErrorKind::kInvalidArgument
                         : status.error == ENOSYS || status.error == ENOTSUP
                             ? ErrorKind::kNotImplemented
                             : ErrorKind::kInternal;
  return Error(kind, status.text, status.error);
}

template <class Request>
Result<std::string> Call(ShimClient::Connection& connection, const Request& request,
                         const std::vector<int>& fds, ShimClient::Timeout timeout) {
  const uint64_t seq = connection.NextSeq();
  BUOY_ASSIGN(std::string body, connection.Request(EncodeMessage(request, seq), seq, fds, timeout));
  ReplyStatus status;
  if (!DecodeFields(body, &status)) return Internal("malformed reply of the container's shim");
  if (status.error != 0) return ReplyError(status);
  return body;
}

template <class Reply, class Request>
Result<Reply> Ask(ShimClient::Connection& connection, const Request& request,
                  const std::vector<int>& fds = {},
                  ShimClient::Timeout timeout = ShimClient::kDefaultTimeout) {
  BUOY_ASSIGN(const std::string body, Call(connection, request, fds, timeout));
  Reply reply;
  DecodeFields(body, &reply);
  return reply;
}

template <class Request>
Status Tell(ShimClient::Connection& connection, const Request& request,
            const std::vector<int>& fds = {},
            ShimClient::Timeout timeout = ShimClient::kDefaultTimeout) {
  BUOY_TRY(Call(connection, request, fds, timeout));
  return Ok();
}

void PrepareSocket(int fd) {
  const int size = static_cast<int>(kMaxMessage);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

bool IsRuntimeError(const Error& error) { return error.sys_errno() == kRuntimeErrno; }

ShimClient::ShimClient(std::shared_ptr<Connection> connection, ShimHub::Impl* hub)
    : connection_(std::move(connection)), hub_(hub) {}

ShimClient::~ShimClient() {
  connection_->Silence();
  hub_->Remove(*connection_);
  connection_->MarkClosed();
}

Result<std::shared_ptr<ShimClient>> ShimClient::Connect(ShimHub& hub,
                                                        const std::string& socket_path,
                                                        Timeout timeout) {
  Result<Fd> fd = ConnectUnix(socket_path, SOCK_SEQPACKET);
  if (!fd.ok()) {
    const int code = fd.error().sys_errno();
    const bool nobody = code == ENOENT || code == ECONNREFUSED;
    Error error = std::move(fd).error();
    return nobody ? std::move(error).WithKind(ErrorKind::kNotFound) : error;
  }
  PrepareSocket(fd->get());
  auto connection = std::make_shared<Connection>(std::move(*fd));
  BUOY_TRY(hub.impl_->Add(connection));
  std::shared_ptr<ShimClient> client(new ShimClient(connection, hub.impl_.get()));
  HelloRequest hello;
  hello.subscribe = true;
  BUOY_ASSIGN(HelloReply reply, Ask<HelloReply>(*connection, hello, {}, timeout));
  if (reply.major != kMajorVersion) {
    return Error(ErrorKind::kUnavailable, "shim speaks another protocol version",
                 kForeignVersionErrno);
  }
  connection->initial_state = std::move(reply.state);
  return client;
}

const State& ShimClient::initial_state() const { return connection_->initial_state; }
bool ShimClient::connected() const { return connection_->open(); }
bool ShimClient::QuietSince(uint64_t seq) const { return connection_->QuietSince(seq); }

void ShimClient::Subscribe(ShimHandlers handlers) {
  connection_->Subscribe(std::move(handlers));
  if (connection_->HasWork()) hub_->Wake(connection_);
}

Status ShimClient::Ack(uint64_t seq) {
  AckRequest request;
  request.seq = seq;
  return connection_->Send(EncodeMessage(request, 0), {}, kDefaultTimeout);
}

Result<StartReply> ShimClient::Start(const StartRequest& request, const std::vector<int>& fds,
                                     Timeout timeout) {
  return Ask<StartReply>(*connection_, request, fds, timeout);
}

Result<ExecReply> ShimClient::Exec(const ExecRequest& request, int client_fd, Timeout timeout) {
  std::vector<int> fds;
  if (client_fd >= 0) fds.push_back(client_fd);
  return Ask<ExecReply>(*connection_, request, fds, timeout);
}

Status ShimClient::Attach(const AttachRequest& request, int client_fd) {
  return Tell(*connection_, request, {client_fd});
}
Status ShimClient::Logs(const LogsRequest& request, int client_fd) {
  return Tell(*connection_, request, {client_fd});
}
Status ShimClient::Wait(const WaitRequest& request, int client_fd) {
  return Tell(*connection_, request, {client_fd});
}
Status ShimClient::Resize(const ResizeRequest& request) { return Tell(*connection_, request); }
Status ShimClient::Signal(const SignalRequest& request) {
  return Tell(*connection_, request, {}, Timeout(60'000));
}
Status ShimClient::Pause() { return Tell(*connection_, PauseRequest(), {}, Timeout(60'000)); }
Status ShimClient::Resume() { return Tell(*connection_, ResumeRequest(), {}, Timeout(60'000)); }

Status ShimClient::CloseStdin(const std::string& exec_id) {
  CloseStdinRequest request;
  request.exec_id = exec_id;
  return Tell(*connection_, request);
}

Status ShimClient::UpdatePolicy(const UpdatePolicyRequest& request) {
  return Tell(*connection_, request);
}

Status ShimClient::MarkStopped(bool stopped) {
  MarkStoppedRequest request;
  request.stopped = stopped;
  return Tell(*connection_, request);
}

Status ShimClient::Removed(const std::string& error) {
  RemovedRequest request;
  request.error = error;
  return Tell(*connection_, request);
}

Status ShimClient::HoldFds(const std::string& name, const std::vector<int>& fds) {
  HoldFdsRequest request;
  request.name = name;
  return Tell(*connection_, request, fds);
}

Status ShimClient::Quit() { return Tell(*connection_, QuitRequest()); }

Result<State> ShimClient::GetState() {
  BUOY_ASSIGN(GetStateReply reply, Ask<GetStateReply>(*connection_, GetStateRequest()));
  return std::move(reply.state);
}

Result<Health> ShimClient::GetHealth() {
  BUOY_ASSIGN(GetHealthReply reply, Ask<GetHealthReply>(*connection_, GetHealthRequest()));
  return std::move(reply.health);
}

}  // namespace buoy::shim
