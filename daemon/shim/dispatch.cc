// The requests, one line each: decoded, handed to the container, answered.
#include <cerrno>
#include <utility>

#include "daemon/shim/server.h"

namespace buoy::shim {

namespace {

template <class T>
T Decode(std::string_view body) {
  T request;
  DecodeFields(body, &request);
  return request;
}

// The descriptor a request names; invalid when there is none.
Fd TakeFd(std::vector<Fd>& fds, uint32_t index) {
  return index < fds.size() ? std::move(fds[index]) : Fd();
}

template <class T>
std::string Payload(const T& reply) {
  std::string payload;
  EncodeFields(reply, &payload);
  return payload;
}

}  // namespace

void Server::DispatchClient(const Token& token, MessageType type, std::string_view body,
                            std::vector<Fd> fds) {
  int error = EBADF;
  if (type == MessageType::kAttach) {
    auto request = Decode<AttachRequest>(body);
    if (Fd fd = TakeFd(fds, request.client.fd_index)) {
      error = container_.Attach(std::move(request), std::move(fd));
    }
  } else if (type == MessageType::kLogs) {
    const auto request = Decode<LogsRequest>(body);
    if (Fd fd = TakeFd(fds, request.client.fd_index)) {
      error = container_.Logs(request, std::move(fd));
    }
  } else {
    const auto request = Decode<WaitRequest>(body);
    if (Fd fd = TakeFd(fds, request.client.fd_index)) {
      error = container_.Wait(request, std::move(fd));
    }
  }
  Answer(token, error);
}

void Server::Dispatch(Connection& connection, const Header& header, std::string_view body,
                      std::vector<Fd> fds) {
  const Token token{connection.id(), header.seq};
  const auto type = static_cast<MessageType>(header.type);
  switch (type) {
    case MessageType::kHello:
      return Hello(connection, token, body);
    case MessageType::kAck:
      return container_.recorder().Acknowledge(Decode<AckRequest>(body).seq);
    case MessageType::kStart:
      return container_.Start(token, Decode<StartRequest>(body), std::move(fds));
    case MessageType::kExec: {
      auto request = Decode<ExecRequest>(body);
      Fd client = request.detach ? Fd() : TakeFd(fds, request.client.fd_index);
      return container_.StartExec(token, std::move(request), std::move(client));
    }
    case MessageType::kAttach:
    case MessageType::kLogs:
    case MessageType::kWait:
      return DispatchClient(token, type, body, std::move(fds));
    case MessageType::kResize:
      return Answer(token, container_.Resize(Decode<ResizeRequest>(body)));
    case MessageType::kSignal:
      return container_.Signal(token, Decode<SignalRequest>(body));
    case MessageType::kPause:
      return container_.Pause(token);
    case MessageType::kResume:
      return container_.Resume(token);
    case MessageType::kCloseStdin:
      return Answer(token, container_.CloseStdin(Decode<CloseStdinRequest>(body)));
    case MessageType::kUpdatePolicy:
      return Answer(token, container_.UpdatePolicy(Decode<UpdatePolicyRequest>(body)));
    case MessageType::kRemoved:
      return Answer(token, container_.Removed(Decode<RemovedRequest>(body).error));
    case MessageType::kMarkStopped:
      return Answer(token, container_.MarkStopped(Decode<MarkStoppedRequest>(body).stopped));
    case MessageType::kHoldFds:
      return Answer(token, container_.HoldFds(Decode<HoldFdsRequest>(body).name, std::move(fds)));
    case MessageType::kQuit:
      return Quit(token);
    case MessageType::kGetState:
      return Reply(token, 0, "", Payload(GetStateReply{container_.Snapshot()}));
    case MessageType::kGetHealth:
      return Reply(token, 0, "", Payload(GetHealthReply{container_.health()}));
    default:
      // A newer minor version asks for something this one does not have.
      return Answer(token, ENOSYS);
  }
}

}  // namespace buoy::shim
