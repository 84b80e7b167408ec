#include "daemon/metrics/metrics_server.h"

#include "common/unix/tcp.h"
#include "daemon/logging/log.h"

namespace buoy::metrics {
namespace {

constexpr int kBacklog = 64;
constexpr int kMostWorkers = 4;

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
  BUOY_ASSIGN(TcpAddress where, ResolveListener(address));
  BUOY_ASSIGN(Fd fd, ListenTcp(where, kBacklog));
  auto server = std::unique_ptr<MetricsServer>(new MetricsServer(std::move(text)));
  BUOY_TRY(server->engine_.AddListener(std::move(fd)));
  BUOY_TRY(server->engine_.Start());
  log::Info("metrics API listening on " + address);
  return server;
}

}  // namespace buoy::metrics
