#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "api/server/router.h"
#include "daemon/metrics/histogram.h"

namespace buoy::metrics {

// What is looked up when somebody reads.
struct Facts {
  // Of engine_daemon_engine_info: version, commit, architecture, graphdriver, kernel, os, os_type,
  // os_version, daemon_id.
  std::map<std::string, std::string> engine;
  int cpus = 0;
  int64_t memory = 0;  // bytes
  int running = 0, paused = 0, stopped = 0;
  uint64_t events = 0;
  int event_subscribers = 0;
  std::string exec_root;  // where the supervisors are found
};

// Counts requests and writes everything in Prometheus' text format, under dockerd's names where it
// has one (engine_daemon_*), else under buoy_*. Thread-safe.
class Metrics {
 public:
  Metrics();

  // Nothing is counted until this is on: nobody reads.
  void Enable(bool on) { enabled_ = on; }
  void Observe(const api::Observation& observation);
  std::string Text(const Facts& facts) const;

 private:
  void WriteActions(std::string& out) const;
  void WriteRequests(std::string& out) const;

  std::atomic<bool> enabled_ = false;
  mutable std::mutex mutex_;
  // By family and action: what dockerd times.
  std::map<std::pair<std::string, std::string>, Histogram> actions_;
  struct Request {
    std::string method, route;
    int status;
    auto operator<=>(const Request&) const = default;
  };
  std::map<Request, Histogram> requests_;
};

}  // namespace buoy::metrics
