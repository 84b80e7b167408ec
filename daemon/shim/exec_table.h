#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/shim/client.h"
#include "daemon/shim/exec.h"
#include "daemon/shim/recorder.h"

namespace buoy::shim {

// The execs that clients asked for.
class ExecTable {
 public:
  ExecTable(EventLoop& loop, Reaper& reaper, Runtime& runtime, ClientList& clients,
            Recorder& recorder)
      : loop_(loop), reaper_(reaper), runtime_(runtime), clients_(clients), recorder_(recorder) {}
  void SetControl(Control* control) { control_ = control; }

  // `pipe_size`: as of the container's own streams.
  void Start(const Control::Token& token, const std::string& container_id, uint32_t pipe_size,
             ExecRequest request, Fd client);
  Exec* Find(const std::string& exec_id);
  std::vector<ExecState> States() const;
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    Control::Token token;
    ExecRequest request;
    std::unique_ptr<Exec> exec;
    int32_t last_pid = 0;
  };
  void OnStarted(Entry* entry);
  void OnFailed(Entry* entry, const std::string& text);
  void OnExited(Entry* entry, int exit_code);
  void Finish(Entry* entry, uint64_t seq);
  void AttachClient(Entry* entry, Fd fd);

  EventLoop& loop_;
  Reaper& reaper_;
  Runtime& runtime_;
  ClientList& clients_;
  Recorder& recorder_;
  Control* control_ = nullptr;
  std::vector<std::unique_ptr<Entry>> entries_;
  int names_ = 0;
};

}  // namespace buoy::shim
