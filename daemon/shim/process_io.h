#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/shim_protocol/types.h"
#include "common/unix/fd.h"
#include "daemon/shim/event_loop.h"
#include "daemon/shim/out_queue.h"
#include "daemon/shim/runtime.h"

namespace buoy::shim {

class ProcessIo;
class StreamClient;

// One output of the process: its pipe or the pty.
class OutputPump : public EventHandler {
 public:
  OutputPump(EventLoop& loop, ProcessIo& io, bool is_stderr)
      : loop_(loop), io_(io), is_stderr_(is_stderr) {}
  void Open(Fd fd);
  void SetPaused(bool paused);
  // Reads what is there without waiting, whether paused or not.
  void ReadAll();
  void Close();
  bool open() const { return fd_.valid(); }
  int fd() const { return fd_.get(); }
  void OnEvent(uint32_t events) override;

 private:
  // False: nothing more for now, or closed.
  bool ReadOnce();

  EventLoop& loop_;
  ProcessIo& io_;
  const bool is_stderr_;
  Fd fd_;
};

// The standard streams of the container's init or of an exec: pipes or a pty, the log (a tap) and
// the attached clients. Every client gets every byte; the slowest sets the pace.
class ProcessIo : public EventHandler {
 public:
  struct Options {
    bool tty = false;
    bool want_stdin = false;
    bool close_stdin = false;  // the end of a client's input is the process's (without a tty)
    bool want_stdout = true;
    bool want_stderr = true;
    uint32_t pipe_size = 0;
    ConsoleSize console_size;
    std::string console_path;  // of the console socket, relative to the working folder
  };
  using Tap = std::function<void(bool is_stderr, std::string_view data)>;

  explicit ProcessIo(EventLoop& loop);
  ~ProcessIo();

  void SetTap(Tap tap) { tap_ = std::move(tap); }
  // Called once when every output has ended.
  void SetClosedHandler(std::function<void()> handler) { on_closed_ = std::move(handler); }

  // Makes pipes or the console socket for a new process. False with errno.
  bool Open(const Options& options);
  // What the runtime is to be started with, and the arguments that name the console socket.
  Runtime::Stdio child_stdio() const;
  std::vector<std::string> console_arguments() const;
  // The runtime has done its work: our copies of the child's ends are closed, reading begins.
  // False when a pty was asked for and has not come.
  bool Begin();
  // The runtime has failed: what it wrote to the process's standard error.
  std::string TakeErrorText();
  // The process is gone: reads on without regard to slow clients; after `limit` ns closes outputs
  // that others still hold open. The closed handler tells.
  void Drain(int64_t limit);
  // Ends all clients' streams and closes everything; Open may follow.
  void Close();

  void AddClient(StreamClient* client);
  void RemoveClient(StreamClient* client);
  void FinishClients();
  // A text of the shim itself (an error) for every client.
  void SendText(std::string_view text);

  bool tty() const { return options_.tty; }
  bool close_stdin() const { return options_.close_stdin && !options_.tty; }
  // Open, and the runtime is still at work.
  bool starting() const { return starting_; }
  bool accepts_stdin() const { return running_ && stdin_fd_.valid() && !stdin_ending_; }
  bool stdin_congested() const { return stdin_.size() > 0; }
  void WriteStdin(std::string_view data);
  // After what is queued.
  void CloseStdin();
  bool Resize(const ConsoleSize& size);

  void OnOutput(bool is_stderr, std::string_view data);
  void OnOutputEnd();
  // A client's queue has shrunk, or it is gone.
  void UpdatePace();

  // The console socket has a connection, or stdin has room.
  void OnEvent(uint32_t events) override;

 private:
  bool OpenPipes();
  bool OpenConsoleSocket();
  bool TakeConsole();
  void CloseConsoleSocket();
  void CloseStdinNow();
  void FlushStdin();

  EventLoop& loop_;
  Options options_;
  Tap tap_;
  std::function<void()> on_closed_;
  Fd child_ends_[3];
  Fd console_socket_;
  Fd stdin_fd_;
  OutQueue stdin_;
  bool stdin_ending_ = false;
  OutputPump stdout_;
  OutputPump stderr_;
  bool starting_ = false;
  bool running_ = false;
  bool draining_ = false;
  bool paused_ = false;
  EventLoop::TimerId drain_timer_ = EventLoop::kNoTimer;
  std::vector<StreamClient*> clients_;
};

}  // namespace buoy::shim
