#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/loglines/log_reader.h"
#include "common/shim_protocol/types.h"
#include "common/stream/detach_keys.h"
#include "common/stream/frame.h"
#include "daemon/shim/client.h"
#include "daemon/shim/log_writer.h"
#include "daemon/shim/process_io.h"

namespace buoy::shim {

// A client attached to a process (attach or exec start): output as raw bytes or frames, input with
// detach keys, and for attach first what the log holds.
class StreamClient final : public Client {
 public:
  struct Options {
    bool multiplexed = false;
    bool attach_stdin = false;
    bool attach_stdout = false;
    bool attach_stderr = false;
    std::string detach_keys;  // looked for only with a tty
    std::string read_ahead;
  };

  StreamClient(ClientList& list, Fd fd, ProcessIo& io, Options options,
               std::function<void()> on_detach);

  // First sends what `log` holds, then goes on live if `stream`, else ends. Call once, at first.
  void StartWithLog(LogWriter& log, bool stream);
  void Start();

  void OnProcessRunning();
  void OnOutput(bool is_stderr, std::string_view data);
  void OnProcessGone();
  void OnStdinRoom();
  // A text of ours (an error) on standard output, without regard to the attached streams.
  void SendText(std::string_view text);

 private:
  bool WantsInput() const override;
  bool InputPending() const override;
  bool HalfCloseAllowed() const override { return true; }
  void OnInput() override;
  void OnDrained() override;
  void OnGone() override;

  void TakeInput(std::string_view data);
  void OnInputEnd();
  void ReplayLog();
  void Leave();

  ProcessIo* io_;  // null when the process has gone
  Options options_;
  std::function<void()> on_detach_;
  stream::DetachKeyFilter keys_;
  bool input_ended_ = false;
  std::unique_ptr<loglines::LogReader> replay_;
  LogWriter* log_ = nullptr;  // while replaying
  bool stream_after_replay_ = false;
};

}  // namespace buoy::shim
