#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/container.h"
#include "daemon/shim/event_loop.h"
#include "daemon/shim/recorder.h"
#include "daemon/shim/relisten.h"

namespace buoy::shim {

class Server;

// One daemon's connection.
class Connection final : public EventHandler {
 public:
  Connection(Server& server, EventLoop& loop, Fd fd, uint64_t id)
      : server_(server), loop_(loop), fd_(std::move(fd)), id_(id) {}
  ~Connection() { loop_.Forget(fd_.get()); }
  void Start() { loop_.Watch(fd_.get(), EPOLLIN, this); }
  void Send(std::string message);
  void OnEvent(uint32_t events) override;

  uint64_t id() const { return id_; }
  bool subscribed = false;
  bool greeted = false;

 private:
  // False when the connection has ended.
  bool ReceiveOne();
  bool FlushQueue();

  Server& server_;
  EventLoop& loop_;
  Fd fd_;
  const uint64_t id_;
  std::vector<std::string> queue_;
};

// The control socket: takes requests to the container and answers back.
class Server final : public EventHandler, public Control {
 public:
  Server(EventLoop& loop, Container& container, Journal& journal)
      : loop_(loop), container_(container), journal_(journal), relisten_([this] { Relisten(); }) {}
  void Start(Fd listener, std::string socket_path);

  void Reply(const Token& token, int error, const std::string& text,
             const std::string& payload) override;
  void Publish(const Record& record) override;
  bool HasSubscriber() const override;

  void OnEvent(uint32_t events) override;
  void OnMessage(Connection& connection, std::string_view data, std::vector<Fd> fds);
  void OnDisconnect(Connection& connection);
  // Ends the process when it has nothing to do any more.
  void ExitIfIdle();

 private:
  void Dispatch(Connection& connection, const Header& header, std::string_view body,
                std::vector<Fd> fds);
  void DispatchClient(const Token& token, MessageType type, std::string_view body,
                      std::vector<Fd> fds);
  void Hello(Connection& connection, const Token& token, std::string_view body);
  void Quit(const Token& token);
  void Answer(const Token& token, int error);
  void CloseListener();
  void Relisten();

  EventLoop& loop_;
  Container& container_;
  Journal& journal_;
  RelistenSignal relisten_;
  Fd listener_;
  std::string socket_path_;
  uint64_t next_id_ = 1;
  bool ever_connected_ = false;
  bool quitting_ = false;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace buoy::shim
