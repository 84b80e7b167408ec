#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/result/result.h"
#include "common/unix/fd.h"
#include "daemon/swarm/node_channel.h"

namespace buoy::swarm {

// A manager's end of port 2377: one request and one answer per connection.
class NodeServer {
 public:
  // (request, the peer's certificate or "", its address) -> answer. On threads of the server's.
  using Handler = std::function<std::string(
      const std::string& request, const std::string& certificate, const std::string& address)>;
  // Listens when it returns. Where `patient`, an address that another still has (the daemon that
  // this one replaces) is waited for in the background.
  static Result<std::unique_ptr<NodeServer>> Start(const std::string& address,
                                                   const NodeCredentials& credentials, bool patient,
                                                   Handler handler);
  ~NodeServer();

  // Of the connections from now on.
  Status SetCredentials(const NodeCredentials& credentials);

 private:
  NodeServer(std::string address, Fd stop, NodeTlsContext context, Handler handler)
      : address_(std::move(address)),
        stop_(std::move(stop)),
        context_(std::move(context)),
        handler_(std::move(handler)) {}

  void Accept();
  bool ListenPatiently();
  void Serve(Fd connection, const std::string& address);

  const std::string address_;
  const Fd stop_;  // an eventfd
  Fd listener_;    // the accepting thread's once it runs
  std::mutex mutex_;
  std::condition_variable idle_;
  int serving_ = 0;
  std::shared_ptr<ssl_ctx_st> context_;
  const Handler handler_;
  std::thread acceptor_;  // last
};

}  // namespace buoy::swarm
