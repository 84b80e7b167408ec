#pragma once

#include "common/loglines/log_reader.h"
#include "common/shim_protocol/types.h"
#include "daemon/shim/client.h"
#include "daemon/shim/log_writer.h"

namespace buoy::shim {

// A client of `logs`: reads the files at its own speed, then follows.
class LogClient final : public Client, public LogObserver {
 public:
  // `follow`: the container runs and the client asked for it.
  LogClient(ClientList& list, Fd fd, LogWriter& log, const LogsRequest& request, bool follow);
  ~LogClient() override;
  void Start();

  void OnLogAppended() override;
  void OnLogRotated() override;
  void OnLogClosed() override;

 private:
  void OnDrained() override { Pump(); }
  void OnGone() override;
  void Pump();
  void AppendEntry(const loglines::LogEntry& entry, std::string* body);

  LogWriter& log_;
  const LogsRequest request_;
  bool follow_;
  loglines::LogReader reader_;
  EventLoop::TimerId until_timer_ = EventLoop::kNoTimer;
};

}  // namespace buoy::shim
