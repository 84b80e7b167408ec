#include "daemon/metrics/metrics_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "common/unix/fd.h"
#include "daemon/logging/log.h"

namespace buoy::metrics {
namespace {

constexpr int kBacklog = 64;
constexpr int kMostWorkers = 4;

Error ListenError(const std::string& address, const std::string& why) {
  return Unavailable("listen tcp " + address + ": " + why);
}

std::string Reason(int number) {
  std::string text = strerror(number);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Result<Fd> Bind(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    return ListenError(address, "address " + address + ": missing port in address");
  }
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  const int code = getaddrinfo(host.empty() ? nullptr : host.c_str(), address.c_str() + colon + 1,
                               &hints, &list);
  if (code != 0) return ListenError(address, gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, freeaddrinfo);
  Fd fd(socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd.get(), list->ai_addr, list->ai_addrlen) != 0) {
    return ListenError(address, "bind: " + Reason(errno));
  }
  if (listen(fd.get(), kBacklog) != 0) return ListenError(address, Reason(errno));
  return fd;
}

void Answer(api::Exchange& exchange, const std::function<std::string()>& text) {
  if (exchange.head().path != "/metrics") {
    return exchange.Reply(404, "404 page not found\n", "text/plain; charset=utf-8");
  }
  if (exchange.head().method != "GET" && exchange.head().method != "HEAD") {
    return exchange.Reply(405, "Method Not Allowed\n", "text/plain; charset=utf-8");
  }
  exchange.Reply(200, text(), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace

MetricsServer::MetricsServer(std::function<std::string()> text)
    : engine_([text = std::move(text)](api::Exchange& exchange) { Answer(exchange, text); },
              {.base_workers = 1, .max_workers = kMostWorkers}) {}

Result<std::unique_ptr<MetricsServer>> MetricsServer::Listen(const std::string& address,
                                                             std::function<std::string()> text) {
  BUOY_ASSIGN(Fd fd, Bind(address));
  auto server = std::unique_ptr<MetricsServer>(new MetricsServer(std::move(text)));
  BUOY_TRY(server->engine_.AddListener(std::move(fd)));
  BUOY_TRY(server->engine_.Start());
  log::Info("metrics API listening on " + address);
  return server;
}

}  // namespace buoy::metrics
